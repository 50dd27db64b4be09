def counts():
    layers = {"conv1": 1792, "conv2": 73856, "conv3": 295168, "conv4": 590080, "fc1": 205521920, "fc2": 1025000}
    return {**layers, "total": sum(layers.values())}
