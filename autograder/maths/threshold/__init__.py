"""Recurrent networks of threshold units: decided for numbers of every length."""
