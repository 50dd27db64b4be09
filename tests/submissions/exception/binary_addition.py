def rnn_weights():
    return {"Wxh": 1 / 0}
