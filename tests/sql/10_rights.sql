-- 10_rights.sql - the list of what is taken from the members, and why; what a member really may is that list, name by name.
-- cluster.sql and 001_ground.sql take it. A new version of PostgreSQL that brings a function or a view of these kinds is found here.
BEGIN;
SELECT * FROM no_plan();
CREATE TEMP TABLE rights_of (what text, kind text, may boolean, why text, names text);
INSERT INTO rights_of VALUES
	('function', 'large objects', false, 'belong to a role, not to a row; no policy sees them, and they fill the disk', '
		lo_close lo_creat lo_create lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open lo_put lo_tell
		lo_tell64 lo_truncate lo_truncate64 lo_unlink loread lowrite'),
	('function', 'advisory locks', false, 'are named by numbers that all of a database share', '
		pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared
		pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock pg_try_advisory_lock_shared
		pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared'),
	('function', 'notification', false, 'reach every session of the database', '
		pg_listening_channels pg_notification_queue_usage pg_notify'),
	('function', 'waiting', false, 'holds a backend', '
		pg_sleep pg_sleep_for pg_sleep_until'),
	('function', 'other sessions', false, 'are seen, or ended', '
		pg_blocking_pids pg_cancel_backend pg_export_snapshot pg_isolation_test_session_is_blocked pg_lock_status
		pg_log_backend_memory_contexts pg_prepared_xact pg_safe_snapshot_blocking_pids pg_terminate_backend'),
	('function', 'statistics', false, 'count what others have and do', '
		pg_get_statisticsobjdef pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions
		pg_indexam_progress_phasename pg_mcv_list_items pg_stat_clear_snapshot pg_stat_force_next_flush pg_stat_get_activity
		pg_stat_get_analyze_count pg_stat_get_archiver pg_stat_get_autoanalyze_count pg_stat_get_autovacuum_count
		pg_stat_get_backend_activity pg_stat_get_backend_activity_start pg_stat_get_backend_client_addr
		pg_stat_get_backend_client_port pg_stat_get_backend_dbid pg_stat_get_backend_idset pg_stat_get_backend_pid
		pg_stat_get_backend_start pg_stat_get_backend_userid pg_stat_get_backend_wait_event
		pg_stat_get_backend_wait_event_type pg_stat_get_backend_xact_start pg_stat_get_bgwriter_buf_written_checkpoints
		pg_stat_get_bgwriter_buf_written_clean pg_stat_get_bgwriter_maxwritten_clean
		pg_stat_get_bgwriter_requested_checkpoints pg_stat_get_bgwriter_stat_reset_time pg_stat_get_bgwriter_timed_checkpoints
		pg_stat_get_blocks_fetched pg_stat_get_blocks_hit pg_stat_get_buf_alloc pg_stat_get_buf_fsync_backend
		pg_stat_get_buf_written_backend pg_stat_get_checkpoint_sync_time pg_stat_get_checkpoint_write_time
		pg_stat_get_db_active_time pg_stat_get_db_blk_read_time pg_stat_get_db_blk_write_time pg_stat_get_db_blocks_fetched
		pg_stat_get_db_blocks_hit pg_stat_get_db_checksum_failures pg_stat_get_db_checksum_last_failure
		pg_stat_get_db_conflict_all pg_stat_get_db_conflict_bufferpin pg_stat_get_db_conflict_lock
		pg_stat_get_db_conflict_snapshot pg_stat_get_db_conflict_startup_deadlock pg_stat_get_db_conflict_tablespace
		pg_stat_get_db_deadlocks pg_stat_get_db_idle_in_transaction_time pg_stat_get_db_numbackends
		pg_stat_get_db_session_time pg_stat_get_db_sessions pg_stat_get_db_sessions_abandoned pg_stat_get_db_sessions_fatal
		pg_stat_get_db_sessions_killed pg_stat_get_db_stat_reset_time pg_stat_get_db_temp_bytes pg_stat_get_db_temp_files
		pg_stat_get_db_tuples_deleted pg_stat_get_db_tuples_fetched pg_stat_get_db_tuples_inserted
		pg_stat_get_db_tuples_returned pg_stat_get_db_tuples_updated pg_stat_get_db_xact_commit pg_stat_get_db_xact_rollback
		pg_stat_get_dead_tuples pg_stat_get_function_calls pg_stat_get_function_self_time pg_stat_get_function_total_time
		pg_stat_get_ins_since_vacuum pg_stat_get_last_analyze_time pg_stat_get_last_autoanalyze_time
		pg_stat_get_last_autovacuum_time pg_stat_get_last_vacuum_time pg_stat_get_live_tuples pg_stat_get_mod_since_analyze
		pg_stat_get_numscans pg_stat_get_progress_info pg_stat_get_recovery_prefetch pg_stat_get_replication_slot
		pg_stat_get_slru pg_stat_get_snapshot_timestamp pg_stat_get_subscription pg_stat_get_subscription_stats
		pg_stat_get_tuples_deleted pg_stat_get_tuples_fetched pg_stat_get_tuples_hot_updated pg_stat_get_tuples_inserted
		pg_stat_get_tuples_returned pg_stat_get_tuples_updated pg_stat_get_vacuum_count pg_stat_get_wal
		pg_stat_get_wal_receiver pg_stat_get_wal_senders pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit
		pg_stat_get_xact_function_calls pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time
		pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched
		pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_returned
		pg_stat_get_xact_tuples_updated pg_stat_have_stats pg_stat_reset pg_stat_reset_replication_slot pg_stat_reset_shared
		pg_stat_reset_single_function_counters pg_stat_reset_single_table_counters pg_stat_reset_slru
		pg_stat_reset_subscription_stats'),
	('function', 'files', false, 'are the server''s', '
		pg_conf_load_time pg_config pg_current_logfile pg_filenode_relation pg_hba_file_rules pg_ident_file_mappings
		pg_ls_archive_statusdir pg_ls_dir pg_ls_logdir pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_tmpdir
		pg_ls_waldir pg_read_binary_file pg_read_file pg_read_file_old pg_relation_filenode pg_relation_filepath
		pg_reload_conf pg_rotate_logfile pg_rotate_logfile_old pg_show_all_file_settings pg_stat_file pg_tablespace_databases
		pg_tablespace_location pg_tablespace_size'),
	('function', 'sizes', false, 'count what others have', '
		pg_database_size pg_indexes_size pg_relation_size pg_sequence_last_value pg_table_size pg_total_relation_size'),
	('function', 'transactions', false, 'count what others do', '
		pg_current_snapshot pg_current_xact_id pg_current_xact_id_if_assigned pg_get_multixact_members pg_last_committed_xact
		pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin pg_visible_in_snapshot pg_xact_commit_timestamp
		pg_xact_commit_timestamp_origin pg_xact_status txid_current txid_current_if_assigned txid_current_snapshot
		txid_snapshot_in txid_snapshot_out txid_snapshot_recv txid_snapshot_send txid_snapshot_xip txid_snapshot_xmax
		txid_snapshot_xmin txid_status txid_visible_in_snapshot'),
	('function', 'the log, replication', false, 'are the server''s', '
		pg_backup_start pg_backup_stop pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system
		pg_copy_logical_replication_slot pg_copy_physical_replication_slot pg_create_logical_replication_slot
		pg_create_physical_replication_slot pg_create_restore_point pg_current_wal_flush_lsn pg_current_wal_insert_lsn
		pg_current_wal_lsn pg_drop_replication_slot pg_get_publication_tables pg_get_replica_identity_index
		pg_get_replication_slots pg_get_wal_replay_pause_state pg_get_wal_resource_managers pg_is_wal_replay_paused
		pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_logical_emit_message
		pg_logical_slot_get_binary_changes pg_logical_slot_get_changes pg_logical_slot_peek_binary_changes
		pg_logical_slot_peek_changes pg_promote pg_relation_is_publishable pg_replication_origin_advance
		pg_replication_origin_create pg_replication_origin_drop pg_replication_origin_oid pg_replication_origin_progress
		pg_replication_origin_session_is_setup pg_replication_origin_session_progress pg_replication_origin_session_reset
		pg_replication_origin_session_setup pg_replication_origin_xact_reset pg_replication_origin_xact_setup
		pg_replication_slot_advance pg_show_replication_origin_status pg_switch_wal pg_wal_lsn_diff pg_wal_replay_pause
		pg_wal_replay_resume pg_walfile_name pg_walfile_name_offset'),
	('function', 'the server', false, 'says what it is and has', '
		pg_available_extension_versions pg_available_extensions pg_collation_actual_version
		pg_database_collation_actual_version pg_event_trigger_ddl_commands pg_event_trigger_dropped_objects
		pg_event_trigger_table_rewrite_oid pg_event_trigger_table_rewrite_reason pg_extension_config_dump
		pg_extension_update_paths pg_get_backend_memory_contexts pg_get_shmem_allocations pg_import_system_collations
		pg_jit_available pg_nextoid pg_postmaster_start_time pg_stop_making_pinned_objects pg_trigger_depth'),
	('function', 'roles and databases by number', false, 'name every enterprise of every VE', '
		acldefault aclinsert aclremove has_database_privilege has_foreign_data_wrapper_privilege has_parameter_privilege
		has_server_privilege has_tablespace_privilege inet_server_addr inet_server_port makeaclitem pg_describe_object
		pg_get_object_address pg_get_userbyid pg_has_role pg_identify_object pg_identify_object_as_address shobj_description
		to_regrole'),
	('function', 'statements given as text', false, 'run out of sight of who looks at statements', '
		cursor_to_xml cursor_to_xmlschema database_to_xml database_to_xml_and_xmlschema database_to_xmlschema query_to_xml
		query_to_xml_and_xmlschema query_to_xmlschema schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema
		table_to_xml table_to_xml_and_xmlschema table_to_xmlschema ts_stat'),
	('function', 'upgrades', false, 'are the superuser''s', '
		binary_upgrade_create_empty_extension binary_upgrade_set_missing_value binary_upgrade_set_next_array_pg_type_oid
		binary_upgrade_set_next_attribute_versions?
		binary_upgrade_set_next_heap_pg_class_oid binary_upgrade_set_next_heap_relfilenode
		binary_upgrade_set_next_index_pg_class_oid binary_upgrade_set_next_index_relfilenode
		binary_upgrade_set_next_multirange_array_pg_type_oid binary_upgrade_set_next_multirange_pg_type_oid
		binary_upgrade_set_next_pg_authid_oid binary_upgrade_set_next_pg_enum_oid binary_upgrade_set_next_pg_tablespace_oid
		binary_upgrade_set_next_pg_type_oid binary_upgrade_set_next_toast_pg_class_oid
		binary_upgrade_set_next_toast_relfilenode binary_upgrade_set_record_init_privs'),
	('function', 'structure', false, 'nobody but the owner asks for: partitions, indexes, options', '
		brin_desummarize_range brin_summarize_new_values brin_summarize_range gin_clean_pending_list pg_column_compression
		pg_get_catalog_foreign_keys pg_get_partition_constraintdef pg_options_to_table pg_partition_ancestors
		pg_partition_root pg_partition_tree pg_sequence_parameters'),
	('function', 'text of types', true, 'goes to and from clients', '
		pg_ddl_command_in pg_ddl_command_out pg_ddl_command_recv pg_ddl_command_send pg_dependencies_in pg_dependencies_out
		pg_dependencies_recv pg_dependencies_send pg_lsn pg_lsn_cmp pg_lsn_eq pg_lsn_ge pg_lsn_gt pg_lsn_hash
		pg_lsn_hash_extended pg_lsn_in pg_lsn_larger pg_lsn_le pg_lsn_lt pg_lsn_mi pg_lsn_mii pg_lsn_ne pg_lsn_out pg_lsn_pli
		pg_lsn_recv pg_lsn_send pg_lsn_smaller pg_mcv_list_in pg_mcv_list_out pg_mcv_list_recv pg_mcv_list_send
		pg_ndistinct_in pg_ndistinct_out pg_ndistinct_recv pg_ndistinct_send pg_node_tree_in pg_node_tree_out
		pg_node_tree_recv pg_node_tree_send pg_snapshot_in pg_snapshot_out pg_snapshot_recv pg_snapshot_send'),
	('function', 'what is visible', true, 'drivers and psql ask', '
		pg_collation_is_visible pg_conversion_is_visible pg_function_is_visible pg_opclass_is_visible pg_operator_is_visible
		pg_opfamily_is_visible pg_statistics_obj_is_visible pg_table_is_visible pg_ts_config_is_visible pg_ts_dict_is_visible
		pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible'),
	('function', 'definitions', true, 'of the database''s own structure, which drivers read', '
		pg_get_constraintdef pg_get_expr pg_get_function_arg_default pg_get_function_arguments
		pg_get_function_identity_arguments pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef
		pg_get_keywords pg_get_partkeydef pg_get_ruledef pg_get_serial_sequence pg_get_triggerdef pg_get_viewdef'),
	('function', 'one''s own session', true, 'drivers and pools ask', '
		pg_backend_pid pg_client_encoding pg_cursor pg_is_in_recovery pg_is_other_temp_schema pg_my_temp_schema
		pg_prepared_statement pg_settings_get_flags pg_show_all_settings'),
	('function', 'values', true, 'and names, of no table', '
		pg_char_to_encoding pg_collation_for pg_column_is_updatable pg_column_size pg_encoding_max_length pg_encoding_to_char
		pg_index_column_has_property pg_index_has_property pg_indexam_has_property pg_relation_is_updatable pg_size_bytes
		pg_size_pretty pg_timezone_abbrevs pg_timezone_names pg_typeof'),
	('relation', 'statistics', false, 'count what others have and do', '
		pg_stat_activity pg_stat_all_indexes pg_stat_all_tables pg_stat_archiver pg_stat_bgwriter pg_stat_database
		pg_stat_database_conflicts pg_stat_gssapi pg_stat_progress_analyze pg_stat_progress_basebackup
		pg_stat_progress_cluster pg_stat_progress_copy pg_stat_progress_create_index pg_stat_progress_vacuum
		pg_stat_recovery_prefetch pg_stat_replication pg_stat_replication_slots pg_stat_slru pg_stat_ssl pg_stat_subscription
		pg_stat_subscription_stats pg_stat_sys_indexes pg_stat_sys_tables pg_stat_user_functions pg_stat_user_indexes
		pg_stat_user_tables pg_stat_wal pg_stat_wal_receiver pg_stat_xact_all_tables pg_stat_xact_sys_tables
		pg_stat_xact_user_functions pg_stat_xact_user_tables pg_statio_all_indexes pg_statio_all_sequences
		pg_statio_all_tables pg_statio_sys_indexes pg_statio_sys_sequences pg_statio_sys_tables pg_statio_user_indexes
		pg_statio_user_sequences pg_statio_user_tables pg_statistic pg_statistic_ext pg_statistic_ext_data pg_stats
		pg_stats_ext pg_stats_ext_exprs'),
	('relation', 'sessions and locks', false, 'are others'', or the server''s', '
		pg_backend_memory_contexts pg_cursors pg_locks pg_prepared_statements pg_prepared_xacts pg_shmem_allocations'),
	('relation', 'roles and databases', false, 'name every enterprise, or owners and policies', '
		pg_auth_members pg_authid pg_database pg_db_role_setting pg_default_acl pg_group pg_indexes pg_init_privs pg_matviews
		pg_parameter_acl pg_policies pg_policy pg_roles pg_rules pg_seclabel pg_seclabels pg_sequences pg_shadow pg_shdepend
		pg_shdescription pg_shseclabel pg_tables pg_tablespace pg_user pg_user_mapping pg_user_mappings pg_views'),
	('relation', 'files', false, 'are the server''s', '
		pg_available_extension_versions pg_available_extensions pg_config pg_file_settings pg_hba_file_rules
		pg_ident_file_mappings'),
	('relation', 'replication, foreign data', false, 'are nobody''s here', '
		pg_event_trigger pg_foreign_data_wrapper pg_foreign_server pg_foreign_table pg_publication pg_publication_namespace
		pg_publication_rel pg_publication_tables pg_replication_origin pg_replication_origin_status pg_replication_slots
		pg_subscription pg_subscription_rel'),
	('relation', 'large objects', false, 'are no rows', '
		pg_largeobject pg_largeobject_metadata'),
	('relation', 'structure', false, 'that no driver asks for', '
		pg_aggregate pg_amop pg_amproc pg_conversion pg_depend pg_extension pg_opfamily pg_partitioned_table pg_rewrite
		pg_sequence pg_transform pg_trigger pg_ts_config pg_ts_config_map pg_ts_dict pg_ts_parser pg_ts_template'),
	('relation', 'structure', true, 'drivers and tools look types, tables and columns up', '
		pg_am pg_attrdef pg_attribute pg_cast pg_class pg_collation pg_constraint pg_description pg_enum pg_index pg_inherits
		pg_language pg_namespace pg_opclass pg_operator pg_proc pg_range pg_settings pg_timezone_abbrevs pg_timezone_names
		pg_type'),
	('language', 'languages', false, 'make functions and DO blocks', 'plpgsql sql'),
	('language', 'languages', true, 'are untrusted: the superuser''s alone, whatever is granted', 'c internal'),
	('schema', 'schemas', false, 'nothing to create in, nothing to look around in', 'admin hanse information_schema pg_toast public'),
	('schema', 'schemas', true, 'what a member uses', 'api pg_catalog'),
	('database', 'the database', false, 'temporary tables and functions can shadow ours', 'CREATE TEMPORARY'),
	('database', 'the database', true, 'its members log in', 'CONNECT'),
	('pg_class', 'columns', false, 'count others'' rows', 'relallvisible relfilenode relfrozenxid relminmxid relpages reltuples');
-- With a ? behind it: some versions of PostgreSQL 15 have it, others do not.
CREATE TEMP TABLE listed AS
SELECT what, may, rtrim(n, '?') AS name, n LIKE '%?' AS is_new
FROM rights_of, string_to_table(btrim(regexp_replace(names, '\s+', ' ', 'g')), ' ') n;
SELECT is((SELECT count(*) FROM (SELECT FROM listed GROUP BY what, name HAVING count(*) > 1) x)::int, 0, 'nothing is listed twice');
SELECT is((SELECT count(*) FROM rights_of WHERE why = '')::int, 0, 'all for a reason');

-- What a member really may; of a function with several signatures, any of them.
CREATE TEMP TABLE found (what text, name text, may boolean, mixed boolean);
INSERT INTO found
SELECT q.what, r ->> 'name', (r ->> 'may')::boolean, coalesce((r ->> 'mixed')::boolean, false) FROM (VALUES
	('function', $$SELECT proname AS name, bool_or(has_function_privilege('alpha.oem', oid, 'EXECUTE')) AS may,
		bool_or(has_function_privilege('alpha.oem', oid, 'EXECUTE')) <> bool_and(has_function_privilege('alpha.oem', oid, 'EXECUTE')) AS mixed
		FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname$$),
	('relation', $$SELECT relname AS name, has_any_column_privilege('alpha.oem', oid, 'SELECT') AS may
		FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v', 'm', 'f', 'p')$$),
	('language', $$SELECT lanname AS name, has_language_privilege('alpha.oem', oid, 'USAGE') AS may FROM pg_language$$),
	('schema', $$SELECT nspname AS name, has_schema_privilege('alpha.oem', oid, 'USAGE') AS may,
		has_schema_privilege('alpha.oem', oid, 'CREATE') AS mixed FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'$$),
	('database', $$SELECT x AS name, has_database_privilege('alpha.oem', current_database(), x) AS may FROM unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) x$$),
	('pg_class', $$SELECT attname AS name, false AS may FROM pg_attribute
		WHERE attrelid = 'pg_class'::regclass AND attnum > 0 AND NOT has_column_privilege('alpha.oem', attrelid, attnum, 'SELECT')$$)
) q (what, query), t.rows('alpha.postgres', q.query) r;

-- Kinds of functions of which every one stands in the list, whether taken or left; of the others those that are taken.
CREATE FUNCTION pg_temp.of_a_kind(name text) RETURNS boolean LANGUAGE sql AS $$
	SELECT name ~ '^(pg_|lo_|loread$|lowrite$|txid_|binary_upgrade_|inet_server_|shobj_|ts_stat$|makeaclitem$|to_regrole$|[a-z]+_to_xml)'
$$;
SELECT is((SELECT array_agg(what || ' ' || name ORDER BY 1) FROM found WHERE mixed), NULL, 'all signatures alike; and no schema to create in');
SELECT is((SELECT array_agg(l.what || ' ' || l.name ORDER BY 1) FROM listed l LEFT JOIN found f USING (what, name) WHERE f.name IS NULL AND NOT l.is_new), NULL, 'all that is listed exists');
SELECT is((SELECT array_agg(f.what || ' ' || f.name ORDER BY 1) FROM found f LEFT JOIN listed l USING (what, name)
	WHERE l.name IS NULL AND (f.what <> 'function' OR NOT f.may OR pg_temp.of_a_kind(f.name))), NULL, 'all of these kinds is listed');
SELECT is((SELECT array_agg(f.what || ' ' || f.name ORDER BY 1) FROM found f JOIN listed l USING (what, name) WHERE f.may AND NOT l.may), NULL, 'a member may nothing that the list says is taken');
SELECT is((SELECT array_agg(f.what || ' ' || f.name ORDER BY 1) FROM found f JOIN listed l USING (what, name) WHERE NOT f.may AND l.may), NULL, 'and all that it says is left');
SELECT cmp_ok((SELECT count(*) FROM listed WHERE NOT may)::int, '>', 350, 'the list is long');

-- The same for every member of every VE, and nothing is granted to one by name.
SELECT is((SELECT array_agg(DISTINCT r ->> 'f') FROM t.rows(ve || '.postgres', $$SELECT p.oid::regprocedure::text AS f FROM pg_proc p, pg_roles m
	WHERE p.pronamespace = 'pg_catalog'::regnamespace AND m.rolname ~ ('^' || substr(current_database(), 4) || '\.')
	AND has_function_privilege(m.oid, p.oid, 'EXECUTE') <> has_function_privilege('public', p.oid, 'EXECUTE')$$) r), NULL, ve || ': members may what everybody may')
FROM unnest(ARRAY['alpha', 'beta', 'gamma']) ve;

-- A right that is given back is found: the comparison is no formality.
CREATE FUNCTION pg_temp.found_again(given text, query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	answer boolean;
BEGIN
	PERFORM t.run('alpha.postgres', 'BEGIN; ' || given);
	answer := t.ask('alpha.postgres', query)::boolean;
	PERFORM t.run('alpha.postgres', 'ROLLBACK');
	RETURN answer AND NOT t.ask('alpha.postgres', query)::boolean;
END
$$;
SELECT ok(pg_temp.found_again('GRANT EXECUTE ON FUNCTION pg_notify(text, text) TO PUBLIC', $$SELECT has_function_privilege('alpha.oem', 'pg_notify(text, text)', 'EXECUTE')$$), 'a function given back shows');
SELECT ok(pg_temp.found_again('GRANT SELECT (datname) ON pg_stat_activity TO "alpha.oem"', $$SELECT has_any_column_privilege('alpha.oem', 'pg_stat_activity', 'SELECT')$$), 'a column given back shows');
SELECT * FROM finish();
COMMIT;
