"""A stand-in for a Galaxy server that tells of one invocation of any size."""
