import my_counts


def parameter_counts():
    return my_counts.counts()


RESNET_EASIER_TO_TRAIN = "Left"
RESNET_JUSTIFICATION = "The identity path is not interrupted by batch norm or ReLU."
