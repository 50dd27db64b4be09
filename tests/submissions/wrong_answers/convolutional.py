def parameter_counts():
    return {"conv1": 1792, "conv2": 73856, "conv3": 295168, "conv4": 590080, "fc1": 51381248, "fc2": 1025000, "total": 53367144}


RESNET_EASIER_TO_TRAIN = "right"
RESNET_JUSTIFICATION = "Batch norm after the sum keeps the signal stable."
