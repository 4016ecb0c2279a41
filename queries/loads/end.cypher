// name: loads/end
// mode: write
// params: number, about
// returns: key
MATCH (l:Load {key: toString($number)})
SET l += $about
RETURN l.key AS key
