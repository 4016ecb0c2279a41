// name: rings/gds_heap
// mode: read
// params: -
// returns: free
// Bytes of the server's heap that were free after its last collection.
CALL gds.debug.sysInfo() YIELD key, value WITH key, value WHERE key = 'availableHeapInBytes'
RETURN value AS free
