// Made by `npm run types` from the server's /openapi.json.
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Alive
         * @description This process answers.
         */
        get: operations["get_alive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ready
         * @description Whether what is sent now will be readable in a moment; 503 while the server starts.
         */
        get: operations["get_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Me
         * @description What a client needs to know once at its start.
         */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Users
         * @description The users who were active in a window, with their full totals and those of the window.
         */
        get: operations["find_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get User
         * @description One user, by id or by an alias.
         */
        get: operations["get_user"];
        put?: never;
        post?: never;
        /**
         * Erase User
         * @description Erase everything of a user, by whichever of the ids; with `dry_run` only say what that is.
         *
         *     Their sessions, traces, judgements, log entries and traits go, in the tables, in the kept files of the log and in
         *     the dead letters. Of a session in which others took part their traces go and the rest stays. What arrives later
         *     under any of their ids is refused, until the erasure is lifted.
         *
         *     Ids that were linked through the API are the person's. Those that only an application's `identify` linked are
         *     `claimed_ids`: whoever may send can claim any id, so `include_aliases` must say whether they go too.
         */
        delete: operations["erase_user"];
        options?: never;
        head?: never;
        /**
         * Change User
         * @description Tell traits of a user, or which other ids are the same person's. Nothing is lost: a link can be taken back.
         */
        patch: operations["change_user"];
        trace?: never;
    };
    "/api/v1/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Erasures
         * @description Every erasure of the project, the newest first.
         */
        get: operations["find_erasures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/erasures/{erasure_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Erasure
         * @description The receipt of an erasure: what was taken out of which part, and when.
         */
        get: operations["get_erasure"];
        put?: never;
        post?: never;
        /**
         * Lift Erasure
         * @description Keep again what arrives from now on under the ids of an erasure; what was erased stays so.
         */
        delete: operations["lift_erasure"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Sessions Of User
         * @description The sessions in which a user took part.
         */
        get: operations["find_sessions_of_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user_id}/journey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Journey
         * @description What happened to a user, newest or oldest first.
         */
        get: operations["get_journey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Sessions
         * @description The sessions active in a window, with their full totals and those of the window.
         */
        get: operations["find_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Session
         * @description One session, with its time strip.
         */
        get: operations["get_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change Session
         * @description Assign a session to a user, name it, or end it. What was said before is kept beside it.
         */
        patch: operations["change_session"];
        trace?: never;
    };
    "/api/v1/sessions/{session_id}/turns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Turns
         * @description The conversation of a session, turn by turn as a person would read it.
         */
        get: operations["get_turns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session_id}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search Session
         * @description Where in a session words were said, turn by turn; turns that are not on the page included.
         */
        get: operations["search_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Traces
         * @description Traces without their spans.
         */
        get: operations["find_traces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces/{trace_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Trace
         * @description One trace with its spans, and where its user and session came from.
         */
        get: operations["get_trace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces/{trace_id}/spans/{span_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Span
         * @description One span with its content.
         */
        get: operations["get_span"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Scores
         * @description Scores, newest first. Of a user or a session: those that name it.
         */
        get: operations["find_scores"];
        put?: never;
        /**
         * Add Score
         * @description Keep a judgement.
         */
        post: operations["add_score"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find Dead Letters
         * @description Dead letters of the project, the newest first, with those that name no project (damaged bytes of the log).
         */
        get: operations["find_dead_letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search
         * @description Things that have this id, begin with it, or hold these words; the exact ones first.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Fields
         * @description The fields of a list.
         */
        get: operations["get_fields"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Facets
         * @description The commonest values of a field, in the set that all other filters leave.
         */
        get: operations["get_facets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/histogram": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Histogram
         * @description How a number is spread over a set, in milliseconds and USD where it has a unit.
         */
        get: operations["get_histogram"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Metrics
         * @description Series and totals of a window.
         */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Alive */
        Alive: {
            /**
             * Status
             * @constant
             */
            status: "ok";
        };
        /**
         * DeadLetter
         * @description Something acknowledged that could not be read or stored.
         */
        DeadLetter: {
            /**
             * Id
             * @description Where it stands in the log.
             */
            id: string;
            /** At */
            at: string;
            /**
             * Kind
             * @description `entry` for a whole request, else the kind of the record; `bytes` for a damaged stretch of the log.
             */
            kind: string;
            /** Reason */
            reason: string;
        };
        /** DeadLetterPage */
        DeadLetterPage: {
            /** Items */
            items: components["schemas"]["DeadLetter"][];
            total: components["schemas"]["Total"];
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** Earlier */
        Earlier: {
            /**
             * Count
             * @description Messages of the first LLM call of the turn that stood in an earlier turn.
             */
            count: number;
            /**
             * Rewritten
             * @description True where they differ from what was said then.
             */
            rewritten: boolean;
        };
        /**
         * Erasure
         * @description The receipt of an erasure. It names nobody.
         */
        Erasure: {
            /** Erasure Id */
            erasure_id: string;
            /**
             * State
             * @enum {string}
             */
            state: "requested" | "erased" | "purged";
            /** Is Lifted */
            is_lifted: boolean;
            /** Parts */
            parts: components["schemas"]["ErasurePart"][];
            /**
             * Refused
             * @description Records by kind that arrived afterwards and were dropped.
             */
            refused: {
                [key: string]: number;
            };
        };
        /** ErasurePage */
        ErasurePage: {
            /** Items */
            items: components["schemas"]["Erasure"][];
        };
        /** ErasurePart */
        ErasurePart: {
            /**
             * Part
             * @description `requested`, `tables` (what was found and is gone), `log …` (records taken out of the kept files of one node's
             *     log and of its dead letters), `disk` (nothing of before is left on the disk), `lifted`.
             */
            part: string;
            /** At */
            at: string;
            /** Counts */
            counts: {
                [key: string]: number;
            };
        };
        /**
         * ErasurePlan
         * @description What an erasure concerns.
         */
        ErasurePlan: {
            /**
             * User Ids
             * @description Every id that is erased: the one that was asked for, those that were linked to it through the API, and with
             *     `include_aliases` the claimed ones.
             */
            user_ids: string[];
            /**
             * Claimed Ids
             * @description Ids that only an application linked to the user, and under which something is recorded; they are not erased.
             */
            claimed_ids: string[];
            /**
             * Counts
             * @description Rows by kind: `spans`, `traces`, `sessions`, `scores`, `log_entries`, `session_events`, `user_events`, `users`,
             *     `activity`; `shared_sessions` stay, without this person's traces.
             */
            counts: {
                [key: string]: number;
            };
            /**
             * Erasure Id
             * @description Where the receipt will be; null for a dry run.
             */
            erasure_id: string | null;
        };
        /** ErrorAnswer */
        ErrorAnswer: {
            error: components["schemas"]["Fault"];
        };
        /** Facet */
        Facet: {
            /** Value */
            value: string;
            /** Count */
            count: number;
        };
        /** Facets */
        Facets: {
            /** Items */
            items: components["schemas"]["Facet"][];
            /** More */
            more: boolean;
        };
        /** Fault */
        Fault: {
            /**
             * Code
             * @description A stable word: `not_found`, `invalid_filter`, `invalid_cursor`, `too_large`, …
             */
            code: string;
            /** Message */
            message: string;
            /** Hint */
            hint: string | null;
            /** Field */
            field: string | null;
            /**
             * Position
             * @description Where in the value, counted from 0 in characters.
             */
            position: number | null;
        };
        /** FieldInfo */
        FieldInfo: {
            /** Name */
            name: string;
            /**
             * Type
             * @description `word` has few values, `set` holds several of them.
             * @enum {string}
             */
            type: "text" | "number" | "duration" | "cost" | "time" | "word" | "set" | "flag";
            /** Operators */
            operators: string[];
            /** Unit */
            unit: string | null;
            /** Sortable */
            sortable: boolean;
            /**
             * Facets
             * @description `/facets` lists its values.
             */
            facets: boolean;
            /** Histogram */
            histogram: boolean;
            /**
             * Values
             * @description All that there can be, where that is known.
             */
            values: string[] | null;
            /** Description */
            description: string;
        };
        /** Fields */
        Fields: {
            /** Items */
            items: components["schemas"]["FieldInfo"][];
            /** Grammar */
            grammar: string;
        };
        /** Found */
        Found: {
            /**
             * Type
             * @enum {string}
             */
            type: "user" | "session" | "trace" | "span";
            /** Id */
            id: string;
            /** Title */
            title: string;
            /**
             * Snippet
             * @description Where the words were found; at most 200 characters.
             */
            snippet: string | null;
            /** At */
            at: string | null;
            /**
             * Url
             * @description Its page, a path on this server.
             */
            url: string;
            /** @description The first place of the words in the snippet. */
            match: components["schemas"]["Match"] | null;
        };
        /** FoundPage */
        FoundPage: {
            /** Items */
            items: components["schemas"]["Found"][];
        };
        /** Histogram */
        Histogram: {
            /**
             * Edges
             * @description One more than `counts`; a bin holds its lower edge, the last one also its upper.
             */
            edges: number[];
            /** Counts */
            counts: number[];
            /**
             * Log
             * @description Bins of equal ratio instead of equal width.
             */
            log: boolean;
        };
        /** Identity */
        Identity: {
            session: components["schemas"]["Resolution"] | null;
            user: components["schemas"]["Resolution"] | null;
        };
        /**
         * JourneyEntry
         * @description A thing that happened to a user.
         */
        JourneyEntry: {
            /** At */
            at: string;
            /**
             * Type
             * @enum {string}
             */
            type: "session" | "error" | "feedback" | "release" | "model" | "gap" | "first" | "return";
            /** Session Id */
            session_id: string | null;
            /** Trace Id */
            trace_id: string | null;
            /** Title */
            title: string | null;
            /** Text In */
            text_in: string | null;
            /** Text Out */
            text_out: string | null;
            /** Turns */
            turns: number | null;
            /** Duration Ms */
            duration_ms: number | null;
            /**
             * Wait Ms
             * @description How long the person waited, all turns together.
             */
            wait_ms: number | null;
            /** Cost Usd */
            cost_usd: number | null;
            /** Errors */
            errors: number | null;
            /**
             * Severity
             * @enum {string}
             */
            severity: "none" | "notice" | "warning" | "error";
        };
        /** JourneyPage */
        JourneyPage: {
            /** Items */
            items: components["schemas"]["JourneyEntry"][];
            total: components["schemas"]["Total"] | null;
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * Kept
         * @description What was written is on disk, and will be readable within a moment.
         */
        Kept: {
            /** Id */
            id: string;
        };
        /**
         * LightSpans
         * @description The spans of a trace as columns of equal length, without content: what a tree and a waterfall need.
         */
        LightSpans: {
            /** Span Id */
            span_id: string[];
            /**
             * Parent
             * @description Index of the parent in these columns; null for roots and for spans whose parent was never received.
             */
            parent: (number | null)[];
            /**
             * Orphan
             * @description Indices of the spans that name a parent which was never received.
             */
            orphan: number[];
            /** Kind */
            kind: ("llm" | "tool" | "retrieval" | "agent" | "chain" | "embedding" | "other")[];
            /**
             * Name
             * @description Index into `names`.
             */
            name: number[];
            /** Names */
            names: string[];
            /**
             * Model
             * @description Index into `models`.
             */
            model: (number | null)[];
            /** Models */
            models: string[];
            /**
             * Start Us
             * @description Microseconds since the start of the trace; negative where a clock ran behind.
             */
            start_us: number[];
            /** Duration Us */
            duration_us: number[];
            /** Status */
            status: ("ok" | "error" | "unset")[];
            /** Cost Usd */
            cost_usd: (number | null)[];
            /**
             * Tokens
             * @description Input and output together.
             */
            tokens: (number | null)[];
            /**
             * Duplicate
             * @description Indices of the spans whose call another span already counts for.
             */
            duplicate: number[];
        };
        /**
         * LightTrace
         * @description A trace as `?spans=light` gives it.
         */
        LightTrace: {
            /** Traces */
            traces: number;
            /** Llm Calls */
            llm_calls: number;
            /**
             * Input Tokens
             * @description Cached tokens included.
             */
            input_tokens: number;
            /**
             * Output Tokens
             * @description Reasoning tokens included.
             */
            output_tokens: number;
            /** Cached Tokens */
            cached_tokens: number;
            /** Reasoning Tokens */
            reasoning_tokens: number;
            /**
             * Cost Usd
             * @description Sum over priced calls; `unpriced_calls` says how many are missing in it.
             */
            cost_usd: number;
            /** Unpriced Calls */
            unpriced_calls: number;
            /**
             * Errors
             * @description Failing spans, counted where the error happened: the innermost one of a chain.
             */
            errors: number;
            /** Tool Calls */
            tool_calls: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
            /** Trace Id */
            trace_id: string;
            /** Session Id */
            session_id: string | null;
            /** User Id */
            user_id: string | null;
            /** User Name */
            user_name: string | null;
            /** Name */
            name: string;
            /** Started At */
            started_at: string;
            /** Duration Ms */
            duration_ms: number;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "error" | "unset";
            /** Spans Total */
            spans_total: number;
            /** Models */
            models: string[];
            /** Tags */
            tags: string[];
            /** Environment */
            environment: string | null;
            /** Release */
            release: string | null;
            /**
             * Input Preview
             * @description What the person newly said, at most 200 characters.
             */
            input_preview: string | null;
            /** Output Preview */
            output_preview: string | null;
            identity: components["schemas"]["Identity"];
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            spans: components["schemas"]["LightSpans"];
            /** Scores */
            scores: components["schemas"]["Score"][];
            /** Logs */
            logs: components["schemas"]["LogEntry"][];
        };
        /**
         * LogEntry
         * @description Something that the application logged inside a trace or a session.
         */
        LogEntry: {
            /** Name */
            name: string;
            /** At */
            at: string;
            /** Trace Id */
            trace_id: string | null;
            /** Span Id */
            span_id: string | null;
            /** Body */
            body: unknown;
        };
        /**
         * Match
         * @description Where in a snippet the words stand, in characters.
         */
        Match: {
            /**
             * Role
             * @enum {string}
             */
            role: "user" | "assistant";
            /** Start */
            start: number;
            /** Length */
            length: number;
        };
        /**
         * Me
         * @description What a client needs to know about this server, once at its start.
         */
        Me: {
            /** Project */
            project: string;
            /** Version */
            version: string;
            /** Loopback */
            loopback: boolean;
            /** Ingest Url */
            ingest_url: string;
            /** Data Version */
            data_version: string;
            /** Features */
            features: string[];
        };
        /** Message */
        Message: {
            /** Role */
            role: string;
            /** Parts */
            parts: components["schemas"]["Part"][];
            /** Finish Reason */
            finish_reason: string | null;
        } & {
            [key: string]: unknown;
        };
        /** Metrics */
        Metrics: {
            /** Interval S */
            interval_s: number;
            /**
             * Times
             * @description Start of each interval.
             */
            times: string[];
            /** Series */
            series: components["schemas"]["Series"][];
            /**
             * Totals
             * @description Of the whole window, exactly: not a sum of the series where that would count a user twice.
             */
            totals: {
                [key: string]: number | null;
            };
            /** Previous Totals */
            previous_totals: {
                [key: string]: number | null;
            } | null;
        };
        /**
         * NewScore
         * @description A judgement to be kept; one of `trace_id`, `session_id`, `user_id` says on what.
         */
        NewScore: {
            /** Name */
            name: string;
            /**
             * Value
             * @description Feedback is 0 … 1.
             */
            value?: number | null;
            /**
             * Label
             * @description `up`, `down`, `pass`, `fail`, or a word of one's own.
             */
            label?: string | null;
            /** Comment */
            comment?: string | null;
            /**
             * Source
             * @default feedback
             * @enum {string}
             */
            source: "feedback" | "check" | "evaluation";
            /** Trace Id */
            trace_id?: string | null;
            /** Span Id */
            span_id?: string | null;
            /** Session Id */
            session_id?: string | null;
            /** User Id */
            user_id?: string | null;
            /**
             * Metadata
             * @default {}
             */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Score Id
             * @description Give one to make the call repeatable: a score is kept once.
             */
            score_id?: string | null;
        };
        /**
         * Numbers
         * @description What adds up: each is a sum of stored numbers over LLM calls that count (`duplicate_of` is null).
         */
        Numbers: {
            /** Traces */
            traces: number;
            /** Llm Calls */
            llm_calls: number;
            /**
             * Input Tokens
             * @description Cached tokens included.
             */
            input_tokens: number;
            /**
             * Output Tokens
             * @description Reasoning tokens included.
             */
            output_tokens: number;
            /** Cached Tokens */
            cached_tokens: number;
            /** Reasoning Tokens */
            reasoning_tokens: number;
            /**
             * Cost Usd
             * @description Sum over priced calls; `unpriced_calls` says how many are missing in it.
             */
            cost_usd: number;
            /** Unpriced Calls */
            unpriced_calls: number;
            /**
             * Errors
             * @description Failing spans, counted where the error happened: the innermost one of a chain.
             */
            errors: number;
            /** Tool Calls */
            tool_calls: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
        };
        /**
         * Omitted
         * @description What a turn holds beyond what a page shows of it; the trace has the rest.
         */
        Omitted: {
            /**
             * Llm Calls
             * @description Calls whose messages were not read: those in the middle of a turn of very many.
             */
            llm_calls: number;
            /** Messages */
            messages: number;
            /** Tools */
            tools: number;
            /** Errors */
            errors: number;
        };
        /**
         * Origin
         * @description Where an id of a trace came from.
         */
        Origin: {
            /** Value */
            value: string;
            /**
             * Source
             * @description `assigned`: set through the API; `application`: an attribute of a span; `provider`: the provider's own end-user
             *     field; `session`: taken over from the trace's session.
             * @enum {string}
             */
            source: "assigned" | "application" | "provider" | "session";
            /** Span Id */
            span_id: string | null;
            /** Attribute */
            attribute: string | null;
        };
        /**
         * Part
         * @description A part of a message, in the form of the GenAI conventions; parts of unknown types are kept as they came.
         */
        Part: {
            /**
             * Type
             * @description `text`, `reasoning`, `tool_call`, `tool_call_response`, `blob`, `uri`, `file`, or the sender's own word.
             */
            type: string;
        } & {
            [key: string]: unknown;
        };
        /** Ready */
        Ready: {
            /**
             * Status
             * @enum {string}
             */
            status: "ready" | "starting" | "behind";
            /** Engine */
            engine: boolean;
            /** Worker */
            worker: boolean;
            /**
             * Backlog Bytes
             * @description Acknowledged and not yet queryable.
             */
            backlog_bytes: number;
            /**
             * Dead Letters
             * @description Set aside because it could not be read or stored, of all projects; `/api/v1/dead-letters` says why.
             */
            dead_letters: number;
        };
        /** Resolution */
        Resolution: {
            /** Value */
            value: string;
            /**
             * Source
             * @description `assigned`: set through the API; `application`: an attribute of a span; `provider`: the provider's own end-user
             *     field; `session`: taken over from the trace's session.
             * @enum {string}
             */
            source: "assigned" | "application" | "provider" | "session";
            /** Span Id */
            span_id: string | null;
            /** Attribute */
            attribute: string | null;
            /**
             * Overrode
             * @description What was also said, and lost.
             */
            overrode: components["schemas"]["Origin"][];
        };
        /** Score */
        Score: {
            /** Score Id */
            score_id: string;
            /** Name */
            name: string;
            /** Value */
            value: number | null;
            /** Label */
            label: string | null;
            /** Comment */
            comment: string | null;
            /**
             * Source
             * @enum {string}
             */
            source: "feedback" | "check" | "evaluation";
            /** At */
            at: string;
            /** User Id */
            user_id: string | null;
            /** Session Id */
            session_id: string | null;
            /** Trace Id */
            trace_id: string | null;
            /** Span Id */
            span_id: string | null;
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
        };
        /** ScorePage */
        ScorePage: {
            /** Items */
            items: components["schemas"]["Score"][];
            total: components["schemas"]["Total"] | null;
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** Series */
        Series: {
            /** Metric */
            metric: string;
            /**
             * By
             * @description The value of the field by which the metric is split; null where it is not.
             */
            by: string | null;
            /** Values */
            values: (number | null)[];
            /**
             * Previous
             * @description The window before, of equal length, where `compare=previous` was asked.
             */
            previous: (number | null)[] | null;
        };
        /** Session */
        Session: {
            /** Traces */
            traces: number;
            /** Llm Calls */
            llm_calls: number;
            /**
             * Input Tokens
             * @description Cached tokens included.
             */
            input_tokens: number;
            /**
             * Output Tokens
             * @description Reasoning tokens included.
             */
            output_tokens: number;
            /** Cached Tokens */
            cached_tokens: number;
            /** Reasoning Tokens */
            reasoning_tokens: number;
            /**
             * Cost Usd
             * @description Sum over priced calls; `unpriced_calls` says how many are missing in it.
             */
            cost_usd: number;
            /** Unpriced Calls */
            unpriced_calls: number;
            /**
             * Errors
             * @description Failing spans, counted where the error happened: the innermost one of a chain.
             */
            errors: number;
            /** Tool Calls */
            tool_calls: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
            /** Session Id */
            session_id: string;
            /** User Id */
            user_id: string | null;
            /**
             * User Name
             * @description The user's name, where the application told one (trait `name`, `full_name` or `email`).
             */
            user_name: string | null;
            /**
             * Users
             * @description More than one where traces of the session name different users.
             */
            users: string[];
            /** Name */
            name: string | null;
            /**
             * Status
             * @description `active`: activity in the last 5 minutes, not ended; `idle`: none since; `ended`: ended, and nothing after it.
             * @enum {string}
             */
            status: "active" | "idle" | "ended";
            /** Outcome */
            outcome: string | null;
            /** Started At */
            started_at: string;
            /** Last Activity */
            last_activity: string;
            /** Ended At */
            ended_at: string | null;
            /** Duration Ms */
            duration_ms: number;
            /** Latency P50 Ms */
            latency_p50_ms: number | null;
            /** Latency P95 Ms */
            latency_p95_ms: number | null;
            /** Models */
            models: string[];
            /** Tags */
            tags: string[];
            /** Environment */
            environment: string | null;
            /** Release */
            release: string | null;
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * First Input
             * @description Preview, at most 200 characters.
             */
            first_input: string | null;
            /** Last Output */
            last_output: string | null;
            window: components["schemas"]["Numbers"] | null;
        };
        /** SessionDetail */
        SessionDetail: {
            /** Traces */
            traces: number;
            /** Llm Calls */
            llm_calls: number;
            /**
             * Input Tokens
             * @description Cached tokens included.
             */
            input_tokens: number;
            /**
             * Output Tokens
             * @description Reasoning tokens included.
             */
            output_tokens: number;
            /** Cached Tokens */
            cached_tokens: number;
            /** Reasoning Tokens */
            reasoning_tokens: number;
            /**
             * Cost Usd
             * @description Sum over priced calls; `unpriced_calls` says how many are missing in it.
             */
            cost_usd: number;
            /** Unpriced Calls */
            unpriced_calls: number;
            /**
             * Errors
             * @description Failing spans, counted where the error happened: the innermost one of a chain.
             */
            errors: number;
            /** Tool Calls */
            tool_calls: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
            /** Session Id */
            session_id: string;
            /** User Id */
            user_id: string | null;
            /**
             * User Name
             * @description The user's name, where the application told one (trait `name`, `full_name` or `email`).
             */
            user_name: string | null;
            /**
             * Users
             * @description More than one where traces of the session name different users.
             */
            users: string[];
            /** Name */
            name: string | null;
            /**
             * Status
             * @description `active`: activity in the last 5 minutes, not ended; `idle`: none since; `ended`: ended, and nothing after it.
             * @enum {string}
             */
            status: "active" | "idle" | "ended";
            /** Outcome */
            outcome: string | null;
            /** Started At */
            started_at: string;
            /** Last Activity */
            last_activity: string;
            /** Ended At */
            ended_at: string | null;
            /** Duration Ms */
            duration_ms: number;
            /** Latency P50 Ms */
            latency_p50_ms: number | null;
            /** Latency P95 Ms */
            latency_p95_ms: number | null;
            /** Models */
            models: string[];
            /** Tags */
            tags: string[];
            /** Environment */
            environment: string | null;
            /** Release */
            release: string | null;
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * First Input
             * @description Preview, at most 200 characters.
             */
            first_input: string | null;
            /** Last Output */
            last_output: string | null;
            window: components["schemas"]["Numbers"] | null;
            /** Turns Total */
            turns_total: number;
            /** Strip */
            strip: components["schemas"]["TurnMark"][];
            /**
             * Scores
             * @description Those that judge the session as a whole.
             */
            scores: components["schemas"]["Score"][];
        };
        /** SessionFound */
        SessionFound: {
            /**
             * Items
             * @description In the order of the conversation, at most 1,000.
             */
            items: components["schemas"]["SessionMatch"][];
            /**
             * Turns
             * @description How many turns hold them.
             */
            turns: number;
            /**
             * More
             * @description There are more places than these.
             */
            more: boolean;
        };
        /**
         * SessionMatch
         * @description A place in a session where words were said.
         */
        SessionMatch: {
            /**
             * Role
             * @enum {string}
             */
            role: "user" | "assistant";
            /** Start */
            start: number;
            /** Length */
            length: number;
            /**
             * N
             * @description The turn: `turns?around=n` shows it.
             */
            n: number;
            /** Trace Id */
            trace_id: string;
            /** Span Id */
            span_id: string;
            /** Snippet */
            snippet: string;
        };
        /** SessionPage */
        SessionPage: {
            /** Items */
            items: components["schemas"]["Session"][];
            total: components["schemas"]["Total"] | null;
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * SessionPatch
         * @description What shall be different about a session; at least one of them.
         */
        SessionPatch: {
            /**
             * User Id
             * @description Assigns the session, and every trace of it, to this user, whatever the spans say.
             */
            user_id?: string | null;
            /** Name */
            name?: string | null;
            /**
             * Ended
             * @description Ends the session now; activity after that resumes it.
             */
            ended?: true | null;
            /**
             * Outcome
             * @description `completed`, `failed`, `abandoned`, or a word of one's own; ends the session too.
             */
            outcome?: string | null;
        };
        /** Span */
        Span: {
            /** Span Id */
            span_id: string;
            /** Parent Span Id */
            parent_span_id: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "llm" | "tool" | "retrieval" | "agent" | "chain" | "embedding" | "other";
            /** Name */
            name: string;
            /** Started At */
            started_at: string;
            /** Duration Ms */
            duration_ms: number;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "error" | "unset";
            /** Status Message */
            status_message: string | null;
            /** Error Type */
            error_type: string | null;
            /** Provider */
            provider: string | null;
            /**
             * Model
             * @description The model that answered, else the one asked for.
             */
            model: string | null;
            /** Model Requested */
            model_requested: string | null;
            /** Response Id */
            response_id: string | null;
            /** Input Messages */
            input_messages: components["schemas"]["Message"][];
            /** Output Messages */
            output_messages: components["schemas"]["Message"][];
            /** Tool Definitions */
            tool_definitions: unknown[];
            /**
             * Parameters
             * @description Request parameters (`temperature`, `max_tokens`, …).
             */
            parameters: {
                [key: string]: unknown;
            };
            /**
             * Input
             * @description What went into a span that is no LLM call.
             */
            input: unknown;
            /** Output */
            output: unknown;
            usage: components["schemas"]["Usage"] | null;
            /** Cost Usd */
            cost_usd: number | null;
            /** Cost Source */
            cost_source: ("computed" | "reported") | null;
            /**
             * Cost Reported Usd
             * @description What the sender said that it cost, whether `cost_usd` is that or not.
             */
            cost_reported_usd: number | null;
            /** Time To First Token Ms */
            time_to_first_token_ms: number | null;
            /** Streaming */
            streaming: boolean;
            /** Finish Reasons */
            finish_reasons: string[];
            /** Session Id */
            session_id: string | null;
            /** User Id */
            user_id: string | null;
            /** Provider User */
            provider_user: string | null;
            tool: components["schemas"]["Tool"] | null;
            /**
             * Duplicate Of
             * @description The span that already counts for the same call.
             */
            duplicate_of: string | null;
            /**
             * Marks
             * @description What the server mended or noticed: `clock_clamped`, `ended_before_start`, `missing_parent`, `truncated`, …
             */
            marks: string[];
            /** Environment */
            environment: string | null;
            /** Release */
            release: string | null;
            /** Tags */
            tags: string[];
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            /** Events */
            events: components["schemas"]["SpanEvent"][];
            /**
             * Attributes
             * @description Everything as sent, resource and scope included under `resource` and `scope`.
             */
            attributes: {
                [key: string]: unknown;
            };
        };
        /** SpanEvent */
        SpanEvent: {
            /** Name */
            name: string;
            /** At */
            at: string;
            /** Attributes */
            attributes: {
                [key: string]: unknown;
            };
        };
        /** SystemPrompt */
        SystemPrompt: {
            /** Hash */
            hash: string;
            /** Text */
            text: string;
            /**
             * Changed
             * @description Differs from the turn before (false in the first).
             */
            changed: boolean;
        };
        /** Tool */
        Tool: {
            /** Name */
            name: string;
            /** Call Id */
            call_id: string | null;
            /** Arguments */
            arguments: unknown;
            /** Result */
            result: unknown;
        };
        /**
         * ToolUse
         * @description A tool call as one fact: what the model asked for and what came back.
         */
        ToolUse: {
            /** Name */
            name: string;
            /** Call Id */
            call_id: string | null;
            /**
             * Span Id
             * @description The tool's own span, or the LLM call that asked, where the tool left no span.
             */
            span_id: string | null;
            /** Arguments */
            arguments: unknown;
            /** Result */
            result: unknown;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "error" | "unset";
            /** Status Message */
            status_message: string | null;
            /** At */
            at: string | null;
            /** Duration Ms */
            duration_ms: number | null;
        };
        /** Total */
        Total: {
            /** Value */
            value: number;
            /**
             * Exact
             * @description False where counting was cut short; `value` is then a lower bound.
             */
            exact: boolean;
        };
        /** Trace */
        Trace: {
            /** Traces */
            traces: number;
            /** Llm Calls */
            llm_calls: number;
            /**
             * Input Tokens
             * @description Cached tokens included.
             */
            input_tokens: number;
            /**
             * Output Tokens
             * @description Reasoning tokens included.
             */
            output_tokens: number;
            /** Cached Tokens */
            cached_tokens: number;
            /** Reasoning Tokens */
            reasoning_tokens: number;
            /**
             * Cost Usd
             * @description Sum over priced calls; `unpriced_calls` says how many are missing in it.
             */
            cost_usd: number;
            /** Unpriced Calls */
            unpriced_calls: number;
            /**
             * Errors
             * @description Failing spans, counted where the error happened: the innermost one of a chain.
             */
            errors: number;
            /** Tool Calls */
            tool_calls: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
            /** Trace Id */
            trace_id: string;
            /** Session Id */
            session_id: string | null;
            /** User Id */
            user_id: string | null;
            /** User Name */
            user_name: string | null;
            /** Name */
            name: string;
            /** Started At */
            started_at: string;
            /** Duration Ms */
            duration_ms: number;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "error" | "unset";
            /** Spans Total */
            spans_total: number;
            /** Models */
            models: string[];
            /** Tags */
            tags: string[];
            /** Environment */
            environment: string | null;
            /** Release */
            release: string | null;
            /**
             * Input Preview
             * @description What the person newly said, at most 200 characters.
             */
            input_preview: string | null;
            /** Output Preview */
            output_preview: string | null;
            identity: components["schemas"]["Identity"];
            /** Metadata */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Spans
             * @description By start time; parents first where times are equal. At most the first 1,000: `spans_omitted` says how many more
             *     there are, `?spans=light` gives all of them, and each has an address of its own.
             */
            spans: components["schemas"]["Span"][];
            /** Spans Omitted */
            spans_omitted: number;
            /** Scores */
            scores: components["schemas"]["Score"][];
            /** Logs */
            logs: components["schemas"]["LogEntry"][];
        };
        /** TracePage */
        TracePage: {
            /** Items */
            items: components["schemas"]["TraceRow"][];
            total: components["schemas"]["Total"] | null;
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * TraceRow
         * @description A trace without its spans.
         */
        TraceRow: {
            /** Traces */
            traces: number;
            /** Llm Calls */
            llm_calls: number;
            /**
             * Input Tokens
             * @description Cached tokens included.
             */
            input_tokens: number;
            /**
             * Output Tokens
             * @description Reasoning tokens included.
             */
            output_tokens: number;
            /** Cached Tokens */
            cached_tokens: number;
            /** Reasoning Tokens */
            reasoning_tokens: number;
            /**
             * Cost Usd
             * @description Sum over priced calls; `unpriced_calls` says how many are missing in it.
             */
            cost_usd: number;
            /** Unpriced Calls */
            unpriced_calls: number;
            /**
             * Errors
             * @description Failing spans, counted where the error happened: the innermost one of a chain.
             */
            errors: number;
            /** Tool Calls */
            tool_calls: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
            /** Trace Id */
            trace_id: string;
            /** Session Id */
            session_id: string | null;
            /** User Id */
            user_id: string | null;
            /** User Name */
            user_name: string | null;
            /** Name */
            name: string;
            /** Started At */
            started_at: string;
            /** Duration Ms */
            duration_ms: number;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "error" | "unset";
            /** Spans Total */
            spans_total: number;
            /** Models */
            models: string[];
            /** Tags */
            tags: string[];
            /** Environment */
            environment: string | null;
            /** Release */
            release: string | null;
            /**
             * Input Preview
             * @description What the person newly said, at most 200 characters.
             */
            input_preview: string | null;
            /** Output Preview */
            output_preview: string | null;
        };
        /**
         * Turn
         * @description A trace of a session, read as a person would.
         */
        Turn: {
            /**
             * N
             * @description From 1, in order of start time.
             */
            n: number;
            /** Trace Id */
            trace_id: string;
            /** Name */
            name: string;
            /** User Id */
            user_id: string | null;
            /** Started At */
            started_at: string;
            /** Duration Ms */
            duration_ms: number;
            /**
             * Wait Ms
             * @description How long the person waited: start of the trace to its end.
             */
            wait_ms: number;
            /**
             * Think Ms
             * @description From the end of the turn before to the start of this one; null in the first.
             */
            think_ms: number | null;
            /**
             * Status
             * @enum {string}
             */
            status: "ok" | "error" | "unset";
            /**
             * New Messages
             * @description In the order of the conversation; what earlier turns already showed is left out. Of more than 1,000 those in the
             *     middle are left out too, as of `tools`, and of more than 200 `errors`.
             */
            new_messages: components["schemas"]["TurnMessage"][];
            earlier: components["schemas"]["Earlier"];
            system_prompt: components["schemas"]["SystemPrompt"] | null;
            /** Tools */
            tools: components["schemas"]["ToolUse"][];
            /** Errors */
            errors: components["schemas"]["TurnError"][];
            /** Scores */
            scores: components["schemas"]["Score"][];
            /** Logs */
            logs: components["schemas"]["LogEntry"][];
            /** Llm Calls */
            llm_calls: number;
            /** Models */
            models: string[];
            usage: components["schemas"]["Usage"];
            /** Cost Usd */
            cost_usd: number | null;
            /** Time To First Token Ms */
            time_to_first_token_ms: number | null;
            omitted: components["schemas"]["Omitted"];
        };
        /** TurnError */
        TurnError: {
            /** Span Id */
            span_id: string;
            /** Span Name */
            span_name: string;
            /** Type */
            type: string | null;
            /** Message */
            message: string | null;
            /** At */
            at: string;
        };
        /**
         * TurnMark
         * @description One bucket of a session's time strip: a turn, or several where a session has more than 2,000.
         */
        TurnMark: {
            /**
             * N
             * @description First turn of the bucket.
             */
            n: number;
            /** Turns */
            turns: number;
            /** At */
            at: string;
            /** Wait Ms */
            wait_ms: number;
            /** Model Ms */
            model_ms: number;
            /** Tool Ms */
            tool_ms: number;
            /** Gap Ms */
            gap_ms: number;
            /** Errors */
            errors: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
        };
        /** TurnMessage */
        TurnMessage: {
            /** Role */
            role: string;
            /** Parts */
            parts: components["schemas"]["Part"][];
            /** Finish Reason */
            finish_reason: string | null;
            /**
             * Span Id
             * @description The span that brought the message in or out.
             */
            span_id: string;
            /** At */
            at: string;
            /**
             * Inner
             * @description True where it belongs to work behind the scenes (a call made inside a tool or a sub-agent): the person neither
             *     wrote nor read it.
             */
            inner: boolean;
        } & {
            [key: string]: unknown;
        };
        /** TurnPage */
        TurnPage: {
            /** Items */
            items: components["schemas"]["Turn"][];
            total: components["schemas"]["Total"];
            /**
             * Previous Cursor
             * @description Leads to the turns before these.
             */
            previous_cursor: string | null;
            /** Next Cursor */
            next_cursor: string | null;
        };
        /** Usage */
        Usage: {
            /** Input Tokens */
            input_tokens: number | null;
            /** Output Tokens */
            output_tokens: number | null;
            /** Cached Tokens */
            cached_tokens: number | null;
            /** Cache Write Tokens */
            cache_write_tokens: number | null;
            /** Reasoning Tokens */
            reasoning_tokens: number | null;
        };
        /** User */
        User: {
            /** Traces */
            traces: number;
            /** Llm Calls */
            llm_calls: number;
            /**
             * Input Tokens
             * @description Cached tokens included.
             */
            input_tokens: number;
            /**
             * Output Tokens
             * @description Reasoning tokens included.
             */
            output_tokens: number;
            /** Cached Tokens */
            cached_tokens: number;
            /** Reasoning Tokens */
            reasoning_tokens: number;
            /**
             * Cost Usd
             * @description Sum over priced calls; `unpriced_calls` says how many are missing in it.
             */
            cost_usd: number;
            /** Unpriced Calls */
            unpriced_calls: number;
            /**
             * Errors
             * @description Failing spans, counted where the error happened: the innermost one of a chain.
             */
            errors: number;
            /** Tool Calls */
            tool_calls: number;
            /** Feedback Up */
            feedback_up: number;
            /** Feedback Down */
            feedback_down: number;
            /** User Id */
            user_id: string;
            /** Traits */
            traits: {
                [key: string]: unknown;
            };
            /** Aliases */
            aliases: string[];
            /** First Seen */
            first_seen: string;
            /** Last Seen */
            last_seen: string;
            /** Sessions */
            sessions: number;
            /**
             * Latency P50 Ms
             * @description Of LLM calls.
             */
            latency_p50_ms: number | null;
            /** Latency P95 Ms */
            latency_p95_ms: number | null;
            /** Models */
            models: string[];
            /**
             * Derived
             * @description True where every trace got this id from a provider's own end-user field.
             */
            derived: boolean;
            /** @description The part inside `from … to`, where a list was asked for a window. */
            window: components["schemas"]["Numbers"] | null;
        };
        /** UserPage */
        UserPage: {
            /** Items */
            items: components["schemas"]["User"][];
            total: components["schemas"]["Total"] | null;
            /** Next Cursor */
            next_cursor: string | null;
        };
        /**
         * UserPatch
         * @description What shall be different about a user; at least one of them.
         */
        UserPatch: {
            /**
             * Traits
             * @description Values by name; others stay as they are.
             */
            traits?: {
                [key: string]: unknown;
            } | null;
            /**
             * Aliases
             * @description Every other id of the same person. Their activity counts as this user's; one that is left out is taken back, and
             *     has its own again. An id that was another user's alias becomes this one's.
             */
            aliases?: string[] | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_alive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    find_users: {
        parameters: {
            query?: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description words in ids, names and what was said */
                q?: string | null;
                /** @description `errors>=1 model:gpt-4.1 -tag:internal` */
                filter?: string | null;
                /** @description fields, the most important first; `-` descends */
                sort?: string | null;
                /** @description `total` counts the filtered set */
                include?: "total" | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    erase_user: {
        parameters: {
            query?: {
                /** @description `true`: only count what would be erased */
                dry_run?: boolean;
                /** @description whether ids that only an application linked to the user (`claimed_ids`) go too */
                include_aliases?: boolean | null;
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasurePlan"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    find_erasures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasurePage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_erasure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                erasure_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    lift_erasure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                erasure_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    find_sessions_of_user: {
        parameters: {
            query?: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description words in ids, names and what was said */
                q?: string | null;
                /** @description `errors>=1 model:gpt-4.1 -tag:internal` */
                filter?: string | null;
                /** @description fields, the most important first; `-` descends */
                sort?: string | null;
                /** @description `total` counts the filtered set */
                include?: "total" | null;
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_journey: {
        parameters: {
            query?: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                order?: "newest" | "oldest";
            };
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JourneyPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    find_sessions: {
        parameters: {
            query?: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description words in ids, names and what was said */
                q?: string | null;
                /** @description `errors>=1 model:gpt-4.1 -tag:internal` */
                filter?: string | null;
                /** @description fields, the most important first; `-` descends */
                sort?: string | null;
                /** @description `total` counts the filtered set */
                include?: "total" | null;
                /** @description the sessions in which this user took part */
                user?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDetail"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    change_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionPatch"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_turns: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description the number of a turn that shall be on the page */
                around?: number | null;
            };
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    search_session: {
        parameters: {
            query: {
                /** @description words, "phrases", `-not`, `role:user` */
                q: string;
            };
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionFound"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    find_traces: {
        parameters: {
            query?: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description words in ids, names and what was said */
                q?: string | null;
                /** @description `errors>=1 model:gpt-4.1 -tag:internal` */
                filter?: string | null;
                /** @description fields, the most important first; `-` descends */
                sort?: string | null;
                /** @description `total` counts the filtered set */
                include?: "total" | null;
                /** @description the sessions in which this user took part */
                user?: string | null;
                /** @description the traces of this session */
                session?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TracePage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_trace: {
        parameters: {
            query?: {
                /** @description `light`: columns without content */
                spans?: "full" | "light";
            };
            header?: never;
            path: {
                trace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trace"] | components["schemas"]["LightTrace"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_span: {
        parameters: {
            query?: {
                /** @description `full`: parts above 16 KB whole too */
                content?: "cut" | "full";
            };
            header?: never;
            path: {
                trace_id: string;
                span_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Span"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    find_scores: {
        parameters: {
            query?: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                user?: string | null;
                session?: string | null;
                trace?: string | null;
                name?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScorePage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    add_score: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewScore"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kept"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    find_dead_letters: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    search: {
        parameters: {
            query: {
                /** @description an id, the start of one, or words that were said; `role:user` */
                q: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_fields: {
        parameters: {
            query: {
                for: "users" | "sessions" | "traces";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fields"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_facets: {
        parameters: {
            query: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                for: "users" | "sessions" | "traces";
                field: string;
                q?: string | null;
                filter?: string | null;
                prefix?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Facets"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_histogram: {
        parameters: {
            query: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                for: "users" | "sessions" | "traces";
                field: string;
                q?: string | null;
                filter?: string | null;
                bins?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Histogram"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_metrics: {
        parameters: {
            query?: {
                /** @description ISO 8601, or relative: `now-7d` */
                from?: string | null;
                /** @description ISO 8601, or relative: `now` */
                to?: string | null;
                metrics?: string;
                /** @description `auto`, or `1m`, `5m`, `1h`, `6h`, `1d` */
                interval?: string;
                by?: ("model" | "environment" | "release") | null;
                compare?: "previous" | null;
                /** @description as for traces */
                filter?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Metrics"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
}
