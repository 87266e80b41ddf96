-- The ledger without its locks, to see that the run notices.
CREATE OR REPLACE FUNCTION quota_lock(of_ve text, wanted jsonb) RETURNS void LANGUAGE sql AS '';
CREATE OR REPLACE FUNCTION quota_own(of_ve text) RETURNS void LANGUAGE sql AS '';
