// name: snapshot/loads
// mode: read
// params: -
// returns: load, mode, started_at, finished_at
MATCH (l:Load) WHERE l.load > 0
RETURN l.load AS load, l.mode AS mode, l.started_at AS started_at, l.finished_at AS finished_at
ORDER BY load
