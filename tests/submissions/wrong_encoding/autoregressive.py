# réponse
PIXELCNN_CONNECTIONS = "O(d k^2 H W)"
