"""Names mistakes in the LSTM's equations, term by term."""
