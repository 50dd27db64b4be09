"""Question 4: autoregressive models of images with H x W pixels (2 points, extra credit 1).

Both models have d layers. k is the number of channels: k input channels and k filters (or recurrent units) at each
layer. The kernel size of PixelCNN is a constant (3 x 3, say), and there are no biases.

Each answer is a tight bound as a string, in the variables d, k, H and W, which grow independently of one another.
Write it as you would on paper: "O(n log n)", "O(a^2 b + c)", "max(a, b)" and "sqrt(a)" are all understood, with
products side by side or with *, powers with ^ or **. A bound that is true but not tight is not what is asked for.
Only the bound, reasons in a comment; `check` shows how it was read. Keep the r in front of the quotes: it keeps the
backslashes of LaTeX.

Example of the notation: a fully connected layer from all H W pixels with k channels to one hidden unit has "O(k H W)"
connections.
"""

# 4.1 PixelCNN: masked convolutions; each pixel depends on those before it in raster order.
# 4.1a (0.5 points): the total number of connections.
PIXELCNN_CONNECTIONS = r""

# 4.1b (0.5 points): the minimum number of sequential operations to compute the output for a given image, with as many
# matrix-vector products done in parallel as possible.
PIXELCNN_SEQUENTIAL_OPERATIONS = r""

# 4.2 The multidimensional RNN: each hidden unit sees its input square and its north and west neighbours.
# 4.2a (0.5 points): the total number of connections.
MDRNN_CONNECTIONS = r""

# 4.2b (0.5 points): the minimum number of sequential operations, as in 4.1b.
MDRNN_SEQUENTIAL_OPERATIONS = r""

# 4.3 (extra credit, 1 point, read by a person): compare PixelCNN and the MDRNN: computation, memory, parallelism,
# context.
PIXELCNN_VERSUS_MDRNN = r"""
"""
