-- Forget networks and addresses of these items; gives the networks that held them or stood above.
WITH gone AS (
    DELETE FROM cmdb_address WHERE item_id = ANY (%(items)s::uuid[]) RETURNING network
), fewer AS (
    DELETE FROM cmdb_network WHERE item_id = ANY (%(networks)s::uuid[]) RETURNING parent
)
SELECT network FROM gone WHERE network IS NOT NULL
UNION
SELECT parent FROM fewer WHERE parent IS NOT NULL
