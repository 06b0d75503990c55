SELECT id, at, kind, subject_kind, subject, severity, text, detail
FROM events FINAL
WHERE kind = {kind:String}
    AND (empty({subjects:Array(UUID)}) OR has({subjects:Array(UUID)}, subject))
    AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
ORDER BY at DESC, id DESC
LIMIT {limit:UInt32}
