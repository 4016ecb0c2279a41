// name: rings/remove_states
// mode: write
// params: run
// returns: removed
// States that an unfinished run made, and the ends that it set to those before.
MATCH (s:RingState) WHERE s.run = $run OR s.until = $run
CALL (s) {
  WITH s WHERE s.until = $run
  REMOVE s.until
}
CALL (s) {
  WITH s WHERE s.run = $run
  DETACH DELETE s
}
RETURN count(*) AS removed
