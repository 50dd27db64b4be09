"""The univariate LSTM: problems for its equations, and error signals without back-propagation."""
