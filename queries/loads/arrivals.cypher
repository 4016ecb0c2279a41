// name: loads/arrivals
// mode: read
// params: -
// returns: began
// When applications began to arrive one by one; null in a graph of files.
MATCH (l:Load {mode: 'online'})
RETURN min(l.started_at) AS began
