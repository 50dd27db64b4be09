"""Pure mathematics: no files, no processes, no clock, no environment, no printing; imports nothing else of ours."""
