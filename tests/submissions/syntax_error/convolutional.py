"""A bracket that is not closed."""

def parameter_counts():
    return {"total": 55

RESNET_EASIER_TO_TRAIN = "left"
RESNET_JUSTIFICATION = "the identity path"
