-- What was active in a window, of what was active before and after it: by whole keys of `activity`, the newest row of
-- each. A trace that lasts for more than a day stands on an earlier one.
${id} IN (
    SELECT ${id} FROM (
        SELECT user_id, session_id FROM activity
        WHERE project_id = {project_id:String} AND ${around}
            AND day >= toDate(${window_begin}) - 1 AND day <= toDate(${window_end})
        GROUP BY user_id, session_id, day
        HAVING argMax(is_deleted, version) = 0
            AND argMax(first_at, version) <= ${window_end} AND argMax(last_at, version) >= ${window_begin}
    )
    UNION DISTINCT
    SELECT ${id} FROM activity FINAL
    WHERE project_id = {project_id:String} AND ${around} AND first_at <= ${window_end} AND last_at >= ${window_begin}
        AND (user_id, session_id, day) IN (
            SELECT user_id, session_id, day FROM activity
            WHERE project_id = {project_id:String} AND day < toDate(${window_begin}) - 1
                AND last_at >= ${window_begin}))
