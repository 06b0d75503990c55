-- Of several claims to one token the engine takes the first, as it does of samples, whatever the
-- clocks say. How many rows it came with: what a repetition may report.
ALTER TABLE batches $on_cluster ADD COLUMN IF NOT EXISTS rows UInt64 DEFAULT 0;
ALTER TABLE batches $on_cluster MODIFY SETTING $window = 10000;
