"""Question 3, convolutional networks: the solution, in the format of a submission.

The constants describe the network of 3.1 as the homework asks for it. They are the one place to change it: the torch
network that the key is derived from, the template's words, the names of the layers and the totals of known
misconceptions are built from them. This file imports nothing, because it is also graded like any other submission.
"""

IMAGE = (3, 224, 224)  # channels, height, width
KERNEL = 3  # every convolution is KERNEL x KERNEL
STRIDE = 1  # of every convolution
PADDING = 1
CONV_BIAS = True  # one for each filter; False: none
POOL = 2  # every max pool is POOL x POOL
POOL_STRIDE = POOL
CONVOLUTIONS = (  # name, filters, followed by a pool?
    ("conv1", 64, True),
    ("conv2", 128, True),
    ("conv3", 256, False),
    ("conv4", 256, True),
)
FULLY_CONNECTED = (("fc1", 1024), ("fc2", 1000))  # name, units; a softmax over the last
FC_BIAS = True  # one for each unit; False: none


def parameter_counts() -> dict[str, int]:
    """3.1: the number of parameters of each layer, biases included where it has them, and their total.

    A filter has one weight per kernel cell and input channel, and one bias; it is shared by all positions. A fully
    connected unit has one weight per input and one bias. Pools and the softmax have none.
    """
    counts = {}
    channels, height, width = IMAGE
    for name, filters, pooled in CONVOLUTIONS:
        counts[name] = (KERNEL * KERNEL * channels + (1 if CONV_BIAS else 0)) * filters
        channels = filters
        height, width = ((side + 2 * PADDING - KERNEL) // STRIDE + 1 for side in (height, width))
        if pooled:
            height, width = ((side - POOL) // POOL_STRIDE + 1 for side in (height, width))
    inputs = channels * height * width
    for name, units in FULLY_CONNECTED:
        counts[name] = (inputs + (1 if FC_BIAS else 0)) * units
        inputs = units
    counts["total"] = sum(counts.values())
    return counts


# 3.2: which of the two residual blocks is easier to train
RESNET_EASIER_TO_TRAIN = "left"
RESNET_JUSTIFICATION = """
Left: y = x + F(x), so dy/dx = I + dF/dx. Over many blocks the product of these Jacobians keeps an identity term: the
error signal of the last block reaches the first one unchanged, plus what the branches add. Right: y = ReLU(BN(x +
F(x))), so dy/dx = J_ReLU J_BN (I + dF/dx). The Jacobians of batch norm (a factor 1/sigma, and the removal of the
mean) and of ReLU (zero for the inactive units) sit on the skip path of every block, so nothing is passed on unchanged
and the factors multiply up over depth: the gradient vanishes or explodes. The left block can also represent the
identity, by F = 0; the right one cannot.
"""
