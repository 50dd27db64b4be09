"""A bracket that is not closed."""

def parameter_counts():
    return {"total": 207507816

RESNET_EASIER_TO_TRAIN = "left"
RESNET_JUSTIFICATION = "the identity path"
