def parameter_counts():
    return {
        "conv1": 1728,
        "conv2": 73728,
        "conv3": 294912,
        "conv4": 589824,
        "fc1": 205520896,
        "fc2": 1024000,
        "total": 207505088,
    }


RESNET_EASIER_TO_TRAIN = "right"
RESNET_JUSTIFICATION = "Batch norm after the sum keeps the signal stable."
