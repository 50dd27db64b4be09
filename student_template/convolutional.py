"""Question 3: convolutional networks (2 points)."""


def parameter_counts():
    """3.1 (1 point): the number of parameters of each layer and in total, as a dict of ints.

    Input 3 x 224 x 224 (channels x height x width), then

        Conv3-64, pool, Conv3-128, pool, Conv3-256, Conv3-256, pool, FC-1024, FC-1000, softmax

    where Conv3-n is a convolution with 3 x 3 kernels, padding 1 and n output channels, a pool is a 2 x 2 max pool of
    stride 2, and FC-n is a fully connected layer with n outputs. Convolutions and fully connected layers have biases,
    which count. Keys:

        conv1 conv2 conv3 conv4    the four convolutions, in order
        fc1 fc2                    FC-1024 and FC-1000
        total                      everything

    For example, a fully connected layer from 10 inputs to 5 outputs has 10 * 5 + 5 = 55 parameters.
    A right total earns everything; otherwise each right layer earns something, so leave nothing out.
    """
    raise NotImplementedError("Question 3.1: return your counts")


# 3.2a (0.5 points): which of the two residual blocks is easier to train, with respect to exploding and vanishing
# gradients? "left" or "right".
#   left:   Weight, BatchNorm, ReLU, Weight, BatchNorm, ReLU, then +
#   right:  Weight, BatchNorm, ReLU, Weight, then +, BatchNorm, ReLU
RESNET_EASIER_TO_TRAIN = r""

# 3.2b (0.5 points, read by a person): why? A few sentences between the quotes (the r keeps the backslashes of LaTeX).
RESNET_JUSTIFICATION = r"""
"""
