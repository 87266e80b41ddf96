# The order of keys means nothing.
wanted route v {"routes":{"a":{"x":1,"y":2}}}
actual route v {"routes":{"a":{"y":2,"x":1}}}
