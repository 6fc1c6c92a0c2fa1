# The published package has binding.gypi only: package managers take a binding.gyp for an install script.
{'includes': ['binding.gypi']}
