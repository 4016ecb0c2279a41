// name: shares
// title: Who shares what with this application?
// about: Everybody who named an identifier of the application, a row per identifier and user, with how often and when.
//   A hub (an office line, a carrier's address) is one row that says so; its users are not listed.
// mode: read
// param: application: application: The application asked about.
// column: type: type: Type of what is shared.
// column: id: identifier: Its key.
// column: masked: text?: What a person may see of it.
// column: roles: list: As what the application named it (self, contact, employer).
// column: user: user?: Who named it too; missing on a hub, and where an application has no user.
// column: own: boolean: Whether that is the applicant.
// column: applications: integer: Applications and events of that user that named it, without the one asked about.
// column: first_at: time?: When the first of them became known.
// column: last_at: time?: When the last did.
// column: undated: integer: How many have no time.
// column: hub: boolean: Whether it is a hub, which nothing goes on from.
// order: applications desc, type, id, user
// seconds: 20
// rows: 1000
// picture: application
MATCH (a:Application {key: $application})-[mine:$$LINKS$$]->(i) WHERE $$SEEN(mine)$$
WITH a, i, collect(DISTINCT mine.role) AS roles
$$USES(i)$$
UNWIND CASE WHEN hub THEN [null] ELSE [use IN uses WHERE use[1] <> a] END AS use
WITH a, i, roles, hub, use[0] AS link, use[1] AS other
OPTIONAL MATCH (u:User)-[by:SUBMITTED|DID]->(other) WHERE $$SEEN(by)$$
WITH a, i, roles, hub, u, count(DISTINCT other) AS applications, min(link.known_at) AS first_at,
     max(link.known_at) AS last_at, count(DISTINCT CASE WHEN link.known_at IS NULL THEN other END) AS undated
RETURN head(labels(i)) AS type, i.key AS id, i.masked AS masked, roles, u.key AS user,
       u IS NOT NULL AND EXISTS { MATCH (u)-[by:SUBMITTED]->(a) WHERE $$SEEN(by)$$ } AS own,
       applications, first_at, last_at, undated, hub
