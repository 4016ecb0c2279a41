// name: snapshot/in_flight
// mode: read
// params: -
// returns: oldest
// When the oldest transaction that has not ended began, by the server's clock (µs); this one is among them.
SHOW TRANSACTIONS YIELD startTime
RETURN min(datetime(startTime).epochMillis) * 1000 AS oldest
