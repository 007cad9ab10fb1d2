"""The kernels as numba compiles them; importing anything from here imports numba."""
