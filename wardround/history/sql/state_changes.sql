SELECT id, at, subject_kind, subject, from_state, to_state, detail
FROM state_changes FINAL
WHERE subject_kind = {subject_kind:String}
    AND (empty({subjects:Array(UUID)}) OR has({subjects:Array(UUID)}, subject))
    AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY at DESC, id DESC
LIMIT {limit:UInt32}
