-- Whose the trace `t` in the session `s` is, by the order of `precedence.py`; `s` is made by `users_of_sessions`.
multiIf(s.assigned_user != '', s.assigned_user, t.app_user != '', t.app_user,
        s.session_app_user != '', s.session_app_user, t.provider_user != '', t.provider_user,
        s.session_provider_user)
