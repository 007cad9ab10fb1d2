"""Does the training: neurons, layers, trainer and vault are actors, kept running by supervisors."""
