"""The Python API of the package, whose functions are those of `resnet_dsl` itself."""
