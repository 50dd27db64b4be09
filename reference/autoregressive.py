"""Question 4, autoregressive models: the solution, in the format of a submission.

Images of H x W pixels, d layers, k channels in every layer; the kernel size is a constant.
"""

# 4.1a: each of d H W cells applies a constant number of k x k matrices (mask A: 4, mask B: 5 of a 3 x 3 kernel)
PIXELCNN_CONNECTIONS = "O(d k^2 H W)"

# 4.1b: all pixels are known, so all cells of a layer at once, one layer after the other
PIXELCNN_SEQUENTIAL_OPERATIONS = "O(d)"

# 4.2a: each of d H W cells applies three k x k matrices, for its input square, its north and its west neighbour
MDRNN_CONNECTIONS = "O(d k^2 H W)"

# 4.2b: all cells (layer, row, column) with the same layer + row + column at once; the longest chain has H + W + d - 2
MDRNN_SEQUENTIAL_OPERATIONS = "O(H + W + d)"

# 4.3
PIXELCNN_VERSUS_MDRNN = """
Computation and memory: the same order, d k^2 H W connections and d k H W activations kept for the backward pass; per
cell the MDRNN applies 3 matrices, a 3 x 3 PixelCNN 4 or 5. Parallelism: in training the PixelCNN computes all pixels
of a layer at once, so d steps; the MDRNN needs H + W + d, as every cell waits for its north and west neighbours.
Sampling is sequential over all H W pixels in both. Context: the window of a PixelCNN grows with depth and has a blind
spot; an MDRNN sees the whole rectangle to the north-west from its first layer on (but not the pixels to the north-
east), through a chain of up to H + W steps along which gradients may vanish or explode.
"""
