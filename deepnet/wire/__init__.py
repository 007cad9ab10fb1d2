"""What the two ends of a connection agree on: records as plain data, arrays as bytes, and where a service is found.

`deepnet.wire.records` has a pair of functions for each record, `deepnet.wire.arrays` and `deepnet.wire.cuts` those for
arrays, `deepnet.wire.runtime` where a service that runs on this machine can be reached.
"""
