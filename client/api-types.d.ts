/** Made from the OpenAPI document by `npm run client`. What is changed here by hand is lost. */
export interface paths {
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether all is well, what runs, what comes next, what waits for people
         * @description As the first page of the console has it. Runs and alerts have lists of their own.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/choices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which flags a start may ask for here, and what it does without any */
        get: operations["getSyncChoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last sync, the health of the License API, and the numbers */
        get: operations["getSyncStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a sync
         * @description Starts the one run there may be. With `partial=true` it reads only what `maxPages`, `status` and `dba` choose, and concludes nothing from what it did not read. Answers 202 at once, or 200 when the run has ended with `wait=true`; when it awaits approval or the API stops meanwhile, 202. A client that goes away stops waiting, not the run.
         */
        post: operations["startSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the operation is, and what it waits for */
        get: operations["getProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Progress as server-sent events
         * @description Event `progress` whenever something changed, `problem` when the API cannot look, `end` when the run has ended; then the stream closes. With Last-Event-ID nothing is sent again that has not changed since, and 204 after `end`.
         */
        get: operations["streamProgress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List operations, newest first */
        get: operations["listOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far each batch of the operation is
         * @description By attempt, phase, pass and number. A batch is a range of pages; counts are its records.
         */
        get: operations["listBatches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/phases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How long each phase of the operation took, and what it did
         * @description In the order of the phases; one without any batch is absent. Of the attempt that came last to each.
         */
        get: operations["listPhases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One operation, with its report when it has ended */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause the run: nothing new starts, what is under way ends first */
        post: operations["pauseOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a paused run go on, or try a failed one again under the same id */
        post: operations["resumeOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a run go on that would change unusually much
         * @description Allows as many changes of one kind as `ceiling` says, and no more. `stillDue` names what has to be approved beside it; with nothing left the run goes on. See `approvals.needs` of the operation, and what it plans at `/api/v1/plans/{id}/changes`.
         */
        post: operations["approveOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the run early, with a report of what was done */
        post: operations["cancelOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-licenses/sync/operations/{id}/pushes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a run sends to the License API, record by record, and what became of it
         * @description In the order of the records’ keys; of a dry run what it would send, of a run that awaits approval what it will. `meta.counts` counts all states. Empty for a run without `bidirectional=true`. Kept as long as the rows of a run; later 409 `pushes-expired`.
         */
        get: operations["listPushes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conflicts, newest first */
        get: operations["listConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conflicts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One conflict */
        get: operations["getConflict"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conflicts/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Settle many conflicts alike; each is reported by its id
         * @description At most 1000 at once. With a filter, what is left is settled by asking again with meta.nextCursor as cursor; an empty filter means every open conflict.
         */
        post: operations["resolveConflicts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conflicts/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Settle a conflict: keep the internal value, take the external one, or give another */
        post: operations["resolveConflict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overrides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List match overrides, newest first */
        get: operations["listOverrides"];
        put?: never;
        /**
         * Say that a record always belongs to a license, or never
         * @description A link that contradicts it is removed at once; the next sync matches the record anew. The same override again changes nothing.
         */
        post: operations["setOverride"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overrides/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an override; what was linked because of it stays linked */
        delete: operations["removeOverride"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/duplicates/consolidate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make licenses of one business one
         * @description The duplicates are archived, never deleted: their ids, keys and appids lead to the master from now on, and their records go to it. `merge_keep_newer`: of what describes the business, the value that was written last stands; `fill_empty`: only what the master lacks is taken; `keep_master`: nothing is. State, balances, fees and seats are the master’s own, unless `fields` says otherwise. An archived license is refused, naming the one that it leads to.
         */
        post: operations["consolidateLicenses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was made one, newest first */
        get: operations["listMerges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merges/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One merge, with what undoing it would do or what stands in its way */
        get: operations["getMerge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/merges/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo a merge
         * @description Every row as it was before, or 409 `merge-blocked` with `blockers`: each later edit that stands in the way, by field, version, author and time. Of several merges into one license any can be undone, in any order. No sync repeats what was undone. What had been sent to the License API meanwhile is taken back by the next run with `bidirectional=true`.
         */
        post: operations["undoMerge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what could not be taken over, or not be written upstream, newest first */
        get: operations["listQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a run that reads only these entries again */
        post: operations["replayQuarantine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One entry, with what the API sent */
        get: operations["getQuarantined"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every recorded change of a license, newest first; with a field, who put its present value there */
        get: operations["getLicenseHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List plans that dry runs have made, newest first */
        get: operations["listPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One plan, counted */
        get: operations["getPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The changes of a plan, record by record
         * @description In the order of the records’ keys. With the id of an operation that is no dry run: what that run has planned, such as one that awaits approval.
         */
        get: operations["listPlanChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The changes of a plan as a file
         * @description JSON lines: a change a line. CSV: a row for each changed field. The last line says how many records came before it (`{"end":true,"records":7}`, or `# end,7 records`); a file without it was cut off. In CSV, text that a spreadsheet could take for a formula has an apostrophe in front.
         */
        get: operations["exportPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Carry out exactly this plan
         * @description Starts a run that does what the plan says, without reading the License API. Records that have changed since are left alone and named: see the changes with `drifted=true`.
         */
        post: operations["applyPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queue of duplicate cases, what matters most first */
        get: operations["listReviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give one verdict on many cases
         * @description On named cases, or on all that a filter lets through. Which cases, and in which version, is fixed at once; each is then decided or refused by itself. With `preview` it says only how many there are.
         */
        post: operations["startBulkReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/bulk/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a bulk verdict is, and which cases it refused and why */
        get: operations["getBulkReview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One case: members side by side, why they look alike, who would stay, what happened so far */
        get: operations["getReview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/beside": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The cases before and after one in the queue that a filter makes
         * @description Whether or not the filter lets the case itself through, so that after a verdict there is a next one.
         */
        get: operations["getReviewsBeside"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve, reject or flag a case
         * @description Names the version that was looked at, by `If-Match` or in the body. Of two reviewers at once one wins, and the other gets 409 `review-decided`, which says who decided and when. 412 `review-changed`: the case was brought up to date meanwhile; 409 `review-member-changed`: a member was merged or says something else now. 503 `review-unconfirmed`: no worker took the verdict, and it was not given.
         */
        post: operations["decideReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What approving a case would make of its licenses
         * @description Writes nothing. By the rules of an approval with this master and these fields; 409 `review-refused` says why it could not be done like that.
         */
        post: operations["previewReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo the verdict on a case
         * @description Of an approval everything that was made one by it, as a whole or not at all: 409 `undo-refused` names the later edits that stand in the way. A rejection or a flag is forgotten, and the case waits again.
         */
        post: operations["undoReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say whose case it is */
        post: operations["assignReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hold a case back: nobody is reminded of it until then */
        post: operations["holdReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/comment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write a remark on a case */
        post: operations["commentReview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List schedules by name
         * @description A schedule appears here a moment after it was made.
         */
        get: operations["listSchedules"];
        put?: never;
        /** Make a schedule */
        post: operations["createSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One schedule: next times, recent actions and operations, the run under way */
        get: operations["getSchedule"];
        put?: never;
        post?: never;
        /** Delete a schedule; a run of it that is under way goes on */
        delete: operations["deleteSchedule"];
        options?: never;
        head?: never;
        /**
         * Change a schedule; what is absent stays as it is
         * @description Answers when Temporal shows the schedule as it was changed. `options` is replaced as a whole.
         */
        patch: operations["changeSchedule"];
        trace?: never;
    };
    "/api/v1/schedules/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a schedule
         * @description It starts nothing until it is resumed; a run under way goes on.
         */
        post: operations["pauseSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a schedule
         * @description Due times that came while it was paused are not made up for.
         */
        post: operations["resumeSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start what the schedule starts, now
         * @description Also while it is paused. When another run is under way, an operation with status `skipped` says so; when its own last run is, the answer is 409.
         */
        post: operations["triggerSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/backfill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make up for the due times of a span: one run for all of them
         * @description At most 100 due times, and none in the future. A run reads the feed as it is now.
         */
        post: operations["backfillSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List alerts, newest first */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alert */
        get: operations["getAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say that someone looks after an alert; it is resolved by itself */
        post: operations["acknowledgeAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhooks, oldest first, without their secrets */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Have events posted to an address
         * @description The secret is in this answer and nowhere else. Events that happened before are not sent. Sent again with the same Idempotency-Key, it answers 409 and names the webhook.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook, without its secret */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /** Delete a webhook, for good; its address and secret are forgotten */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /** Change address, events or state of a webhook */
        patch: operations["updateWebhook"];
        trace?: never;
    };
    "/api/v1/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace the secret of a webhook, at once
         * @description Deliveries under way are signed with the new one from their next try on.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a test event to this webhook */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sent to a webhook, newest first */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/deliveries/{delivery}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an event again, under the same id */
        post: operations["retryWebhookDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers */
        get: operations["isAlive"];
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
        /** Database, migrations and Temporal are there, and the process is not about to stop */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every part the system needs, one by one
         * @description The status code is 200 whenever the question could be answered; `data.status` has the verdict.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures for Prometheus
         * @description Of the product as a whole, from the database, and of the process that answers (`process_…`, `nodejs_…`, `license_sync_http_…`). Counts and times only. Needs no token unless `LICENSE_SYNC_MONITORING_METRICS_NEED_TOKEN` says so.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tokens, oldest first, without their values */
        get: operations["listTokens"];
        put?: never;
        /**
         * Make a token
         * @description The value is in this answer and nowhere else: only its hash is kept. Sent again with the same Idempotency-Key, it answers 409 and names the token.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One token, without its value */
        get: operations["getToken"];
        put?: never;
        post?: never;
        /**
         * Revoke a token, for good and at once
         * @description A token that was revoked before stays as it is. The last one of an administrator cannot be revoked, nor the last that never expires.
         */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List licenses, internal and external fields in one record
         * @description Newest first. Filters are joined by and; texts are compared without regard to case. `page` and `limit` for people, `cursor` for programs: it neither skips nor repeats a license when others are added meanwhile.
         */
        get: operations["listLicenses"];
        put?: never;
        /**
         * Add a license
         * @description At least one of dba, appid, countid and key is needed. 409 `license-exists` names the licenses, not archived, that carry its countid or appid already, and which of the two: `licenses: [{licenseId, field}]`. 409 `duplicate-suspected` names those that the matching takes for the same business (above 90). One that resembles others less is added, and cases are opened for people to decide; the answer names them.
         */
        post: operations["createLicense"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One license
         * @description The id of a license that was consolidated leads to the one that it was consolidated into, at last: `resolvedFrom` is the id that was asked for, and `Content-Location` the address of what is shown. `archived=true` shows the consolidated one itself.
         */
        get: operations["getLicense"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit a license
         * @description Writes the given members (JSON merge patch); null clears one. `If-Match` names the version that the edit was made on: when the license has changed since, nothing is written, and 412 says which fields. `expiresAt` and `coming_expired` are one day: where only one is given, the other follows.
         */
        patch: operations["editLicense"];
        trace?: never;
    };
    "/api/v1/licenses/{id}/relations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The records that are linked to a license, and the duplicate cases that name it */
        get: operations["getLicenseRelations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import licenses from a CSV file
         * @description The first line names the columns as the API names its fields, in any letter case; comma, semicolon or tab between them. Every row is checked before anything is written, and all is written at once or nothing: 422 names the first hundred faults by line and column. A license is recognised by its `key`. A row without one means the license, not archived, that carries its countid, else its appid, else the one that the same e-mail, name, zip, address, phone and mid made before; several that carry it, or two rows for one license, are a fault. So a file that is sent again changes nothing. A blank cell says nothing. A license that says otherwise than its row is kept and named, unless `update=true`. A row that would make a license is compared with all licenses and with the rows before it: taken for the same business (above 90), it makes none and is named, unless `allowDuplicates=true`; one that resembles others less makes one and is named.
         */
        post: operations["importLicenses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/duplicates/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Licenses that a business may be a duplicate of
         * @description The confidence is that of the matching everywhere else: above 90 the next run with detectDuplicates would make them one, from 70 a person decides. For the license with the same key it is 100, for one that was consolidated its master is told. E-mail addresses and phone numbers do not belong into addresses, which proxies and browsers keep: use POST.
         */
        get: operations["checkDuplicatesByQuery"];
        put?: never;
        /**
         * The same, asked in a body
         * @description The confidence is that of the matching everywhere else: above 90 the next run with detectDuplicates would make them one, from 70 a person decides. For the license with the same key it is 100, for one that was consolidated its master is told. Changes nothing; it is no GET only to keep personal data out of logs.
         */
        post: operations["checkDuplicates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/duplicates/observations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Pairs that resemble each other too little to ask anybody, the most alike first
         * @description Kept by runs with detectDuplicates. A page may hold fewer than `limit`: pairs that are one license by now are left out.
         */
        get: operations["listObservations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/duplicates/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why two licenses match, or do not
         * @description For any two, also such that no run compared: what speaks for and against, which cap applied, what would bring them over or under a threshold.
         */
        get: operations["explainPair"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/duplicates/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How good the search for duplicates is
         * @description Each figure with what it was made of. Counted over the last `days`.
         */
        get: operations["getDuplicateMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licenses/duplicates/lab": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay what people decided against other weights or thresholds
         * @description Changes nothing. With an empty `set` it tells how the rules in force do.
         */
        post: operations["tryRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["getOpenApiDocument"];
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
        Overview: {
            /** @description `good`: nothing to do; `info`: nothing is wrong, something may be done; `warn`: somebody has to act; `bad`: it does not work. */
            wellbeing: {
                /** @enum {string} */
                tone: "good" | "info" | "warn" | "bad";
                sentence: string;
            };
            status: components["schemas"]["SyncStatus"];
            health: components["schemas"]["Health"];
            /** @description The run under way. */
            running: {
                operation: components["schemas"]["Operation"];
                progress: components["schemas"]["Progress"];
            } | null;
            /** @description What waits for people. */
            waiting: {
                reviews: number;
                conflicts: number;
                quarantine: number;
                alerts: number;
            };
            /** @description The schedule that starts the next run; null when none will, or when it is not known. */
            next: {
                schedule: string;
                /** Format: date-time */
                at: string;
            } | null;
            /** @description False when Temporal, which has the schedules, cannot be asked. */
            nextIsKnown: boolean;
        };
        SyncStatus: {
            lastSync: {
                operationId: string | null;
                /** Format: date-time */
                timestamp: string | null;
                /** @description ms */
                duration: number | null;
                /** @enum {string|null} */
                status: "success" | "partial" | "failed" | null;
                /** @enum {string|null} */
                state: "running" | "paused" | "awaiting_approval" | "completed" | "completed_with_findings" | "incomplete" | "failed" | "cancelled" | "skipped" | null;
                totalFetched: number;
                created: number;
                updated: number;
                failed: number;
                /** @description What went wrong and what to do; null when it succeeded. */
                sentence: string | null;
            };
            /** @description What waits for a person. */
            attention: {
                openConflicts: number;
                openQuarantine: number;
                vanishedRecords: number;
                /** @description Records of which something that undone merges had sent is to be taken back upstream. */
                compensationsDue: number;
                openAlerts: number;
            };
            health: {
                /** @enum {string} */
                externalApi: "healthy" | "degraded" | "unhealthy" | "unknown";
                /** Format: date-time */
                lastHealthCheck: string | null;
                /** @enum {string} */
                circuitBreaker: "closed" | "open" | "half_open";
                /** @description ms */
                averageResponseTime: number | null;
            };
            statistics: {
                totalExternalLicenses: number;
                totalInternalLicenses: number;
                matchingRate: string | null;
                matchingRatio: number | null;
                lastSyncAge: string;
                lastSyncAgeSeconds: number | null;
            };
            /** @description Workers that gave a sign of life lately, by build. */
            workers: {
                build: string | null;
                count: number;
            }[];
            running: {
                operationId: string;
                /** @enum {string} */
                status: "running" | "paused" | "awaiting_approval" | "completed" | "completed_with_findings" | "incomplete" | "failed" | "cancelled" | "skipped";
                phase: string;
                /** @description What happens now, who is waited for, and what to do next. */
                sentence: string;
                /** Format: date-time */
                startedAt: string;
            } | null;
        };
        Health: {
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            checks: {
                database: {
                    ok: boolean;
                    reason: string | null;
                };
                migrations: {
                    ok: boolean;
                    reason: string | null;
                };
                temporal: {
                    ok: boolean;
                    reason: string | null;
                };
                workers: {
                    ok: boolean;
                    reason: string | null;
                };
                externalApi: {
                    ok: boolean;
                    reason: string | null;
                };
            };
        };
        Operation: {
            operationId: string;
            /** @enum {string} */
            operationType: "external_sync" | "external_sync_dry_run" | "plan_apply";
            /**
             * @description `plan` carries out a plan, `replay` reads again what could not be read.
             * @enum {string}
             */
            kind: "full" | "partial" | "dry_run" | "plan" | "replay";
            /** @enum {string} */
            status: "running" | "paused" | "awaiting_approval" | "completed" | "completed_with_findings" | "incomplete" | "failed" | "cancelled" | "skipped";
            /** @description The plan that the operation carries out, or that it made (a dry run). */
            planId: string | null;
            /** @enum {string|null} */
            outcome: "success" | "partial" | "failed" | null;
            /** @enum {string} */
            phase: "begin" | "fetch" | "mirror" | "analyse" | "plan" | "guard" | "apply" | "push" | "report";
            /** @description What happens now, who is waited for, and what to do next. */
            sentence: string;
            trigger: string;
            options: {
                comprehensive: boolean;
                detectDuplicates: boolean;
                bidirectional: boolean;
                dryRun: boolean;
                partial: boolean;
                maxPages: number | null;
                status: 0 | 1 | null;
                dba: string | null;
            };
            attempt: number;
            pass: number;
            totalExpected: number | null;
            books: (components["schemas"]["Books"] & {
                balanced: boolean;
            }) | null;
            mirror: {
                created: number;
                updated: number;
                live: number;
            } | null;
            /** @enum {string|null} */
            proof: "proven" | "proven_by_two_passes" | "unproven" | null;
            missing: number | null;
            vanished: number;
            drifted: number;
            conflicts: number;
            ambiguous: number;
            errors: {
                type: string;
                code: string;
                positions: number;
            }[];
            unknownKeys: string[];
            /** @description What was found and done about duplicates; null when they were not looked for. */
            duplicates: {
                subjects: number;
                scored: number;
                auto: number;
                review: number;
                observed: number;
                cappedBlocks: number;
                cappedSubjects: number;
                linked: number;
                consolidated: number;
                refused: number;
                casesOpened: number;
                casesReturned: number;
                kinds: {
                    external: number;
                    internal: number;
                    crossSystem: number;
                };
                detectionMs: number;
                consolidationMs: number;
                recommendations: string[];
                risk: {
                    /** @enum {string} */
                    level: "none" | "low" | "medium" | "high";
                    reasons: string[];
                };
            } | null;
            /** @description What was sent to the License API, counted in records; null without `bidirectional=true` and while the run lives. Record by record: `links.pushes`. */
            pushes: components["schemas"]["PushReport"] | null;
            reason: string | null;
            errorType: string | null;
            wait: {
                kind: string;
                /** Format: date-time */
                until: string;
            } | null;
            /** @description What the mass-change guard asks people about, or asked. */
            approvals: {
                needs: {
                    /** @enum {string} */
                    kind: "vanish" | "deactivate" | "overwrite" | "push";
                    due: number;
                    approved: number;
                }[];
                /** Format: date-time */
                expiresAt: string | null;
            } | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            endedAt: string | null;
            durationMs: number | null;
            temporalUiUrl: string | null;
            links: {
                self: string;
                progress: string;
                events: string;
                pause: string;
                resume: string;
                cancel: string;
                approve: string;
                pushes: string;
                batches: string;
                plan: string | null;
            };
        };
        /** @description fetched is the sum of all the others; each position of the feed counts once. */
        Books: {
            fetched: number;
            created: number;
            updated: number;
            unchanged: number;
            linked: number;
            repeated: number;
            quarantined: number;
            pending: number;
        };
        /** @description In records; each has one state. `written` is none: it may cut across them. */
        PushReport: {
            /** @description Not sent: not reached yet, or not at all; of a dry run, what it would send. */
            planned: number;
            /** @description Sent, and the record shows it. */
            pushed: number;
            /** @description The record said so already. */
            agreed: number;
            /** @description The record said something else, or does so although it was accepted. */
            conflict: number;
            /** @description Neither appid nor e-mail tells the record from others. */
            unaddressable: number;
            /** @description The API has no such record. */
            gone: number;
            /** @description Refused by the API. */
            rejected: number;
            /** @description Whether it was written could not be found out. */
            unconfirmed: number;
            /** @description Nothing was left to be sent, or it was not as planned any more. */
            skipped: number;
            /** @description Records that the operation has changed upstream. */
            written: number;
        };
        Progress: {
            operationId: string;
            /** @enum {string} */
            status: "running" | "paused" | "awaiting_approval" | "completed" | "completed_with_findings" | "incomplete" | "failed" | "cancelled" | "skipped";
            /** @enum {string|null} */
            outcome: "success" | "partial" | "failed" | null;
            /** @enum {string} */
            phase: "begin" | "fetch" | "mirror" | "analyse" | "plan" | "guard" | "apply" | "push" | "report";
            attempt: number;
            pass: number;
            /** @description What happens now, who is waited for, and what to do next. */
            sentence: string;
            done: number;
            total: number | null;
            ratePerSecond: number | null;
            etaSeconds: number | null;
            elapsedSeconds: number;
            counts: {
                read: number;
                mirrorCreated: number;
                mirrorUpdated: number;
                planned: number;
                created: number;
                updated: number;
                /** @description Records changed upstream. */
                pushed: number;
            };
            books: components["schemas"]["Books"] | null;
            wait: {
                kind: string;
                /** Format: date-time */
                until: string;
            } | null;
            workersAlive: boolean | null;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            /** @description As in the header x-request-id and in the log. */
            requestId?: string;
        } & {
            [key: string]: unknown;
        };
        SyncChoices: {
            /** @description Whether the flag may be asked for; 403 `feature-disabled` otherwise. */
            allowed: {
                comprehensive: boolean;
                detectDuplicates: boolean;
                bidirectional: boolean;
                dryRun: boolean;
                partial: boolean;
            };
            /** @description What a start without flags does. */
            defaults: {
                comprehensive: boolean;
                detectDuplicates: boolean;
                bidirectional: boolean;
                dryRun: boolean;
                partial: boolean;
            };
        };
        Batch: {
            attempt: number;
            /** @enum {string} */
            phase: "begin" | "fetch" | "mirror" | "analyse" | "plan" | "guard" | "apply" | "push" | "report";
            /** @description Of the feed; in the phase `analyse` 0 counts what was compared, and 255 what was settled. */
            pass: number;
            batch: number;
            pageFrom: number;
            pageTo: number;
            /** @description Where it goes on; `pageTo + 1` when it is done. */
            nextPage: number;
            /** @description Null where the work is not told in pages. */
            done: boolean | null;
            rows: number;
            created: number;
            updated: number;
            /**
             * Format: date-time
             * @description When its first slice was done.
             */
            startedAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Phase: {
            /** @enum {string} */
            phase: "begin" | "fetch" | "mirror" | "analyse" | "plan" | "guard" | "apply" | "push" | "report";
            attempt: number;
            /** @description Of the phase fetch: pages. */
            batches: number;
            rows: number;
            created: number;
            updated: number;
            /**
             * Format: date-time
             * @description When its first slice was done.
             */
            firstAt: string;
            /**
             * Format: date-time
             * @description When its last slice so far was done.
             */
            lastAt: string;
        };
        ApprovedOperation: components["schemas"]["Operation"] & {
            stillDue: {
                /** @enum {string} */
                kind: "vanish" | "deactivate" | "overwrite" | "push";
                due: number;
            }[];
        };
        Push: {
            sourceKey: string;
            licenseId: string;
            /** @description By which people know the license. */
            dba: string | null;
            /** @description The version of the license that is sent. */
            licenseVersion: number;
            /**
             * @description As in `PushReport`.
             * @enum {string}
             */
            state: "planned" | "pushed" | "agreed" | "conflict" | "unaddressable" | "gone" | "rejected" | "unconfirmed" | "skipped";
            fields: {
                /**
                 * @description As the License API calls it; `note` is its `Note`.
                 * @enum {string}
                 */
                field: "dba" | "zip" | "status" | "monthlyFee" | "smsBalance" | "note";
                /** @description What both sides had agreed on. */
                before: string | number | null;
                after: string | number | null;
            }[];
            /** @description What a person should know; of a refusal the API’s own words. */
            reason: string | null;
            /** Format: date-time */
            updatedAt: string;
        };
        Conflict: {
            id: number;
            license: {
                id: string;
                key: string;
                dba: string | null;
                version: number;
            } | null;
            sourceKey: string;
            operationId: string | null;
            /** @enum {string} */
            field: "dba" | "zip" | "status" | "activateDate" | "comingExpired" | "monthlyFee" | "smsBalance" | "appid" | "email" | "countid" | "mid" | "licenseType" | "package" | "sendbatWorkspace" | "phone" | "address" | "city" | "note" | "lastActive";
            /** @description In the API's spelling: text, a number, a day or an object, by the field; null is none. */
            internal?: unknown;
            /** @description In the API's spelling: text, a number, a day or an object, by the field; null is none. */
            external?: unknown;
            /** @description In the API's spelling: text, a number, a day or an object, by the field; null is none. */
            base?: unknown;
            /** @description In the API's spelling: text, a number, a day or an object, by the field; null is none. */
            present?: unknown;
            /** @enum {string} */
            resolution: "took_external" | "kept_internal";
            held: boolean;
            /** @enum {string} */
            state: "open" | "resolved" | "superseded";
            /** @enum {string|null} */
            choice: "keep" | "take" | "value" | null;
            resolvedBy: string | null;
            /** Format: date-time */
            resolvedAt: string | null;
            /** Format: date-time */
            createdAt: string;
            sentence: string;
        };
        MatchOverride: {
            id: number;
            /** @enum {string} */
            kind: "always" | "never";
            sourceKey: string;
            recordDba: string | null;
            license: {
                id: string;
                key: string | null;
                dba: string | null;
            };
            note: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            linkedLicenseId: string | null;
            sentence: string;
        };
        Consolidated: {
            /** Format: uuid */
            masterLicenseId: string;
            archivedLicenseIds: string[];
            license: components["schemas"]["License"];
            merges: components["schemas"]["Merge"][];
        };
        License: {
            /** Format: uuid */
            id: string;
            key: string;
            product: string | null;
            plan: string | null;
            /** @enum {string} */
            status: "draft" | "active" | "expiring" | "expired" | "pending" | "cancel";
            term: string | null;
            seatsTotal: number | null;
            seatsUsed: number | null;
            /** Format: date-time */
            startsAt: string | null;
            /** Format: date-time */
            expiresAt: string | null;
            /** @description Name of the business. */
            dba: string | null;
            zip: string | null;
            /** @description Up to four decimal places. */
            lastPayment: number | null;
            smsPurchased: number | null;
            smsSent: number | null;
            /** @description Up to four decimal places. */
            smsBalance: number | null;
            agents: number | null;
            agentsName: string | null;
            /** @description Up to four decimal places. */
            agentsCost: number | null;
            notes: string | null;
            appid: string | null;
            countid: number | null;
            mid: string | null;
            license_type: string | null;
            package_data: {
                [key: string]: unknown;
            } | null;
            sendbat_workspace: string | null;
            /** Format: date */
            coming_expired: string | null;
            external_email: string | null;
            phone: string | null;
            address: string | null;
            city: string | null;
            /** Format: date-time */
            last_active: string | null;
            /** @enum {string|null} */
            external_sync_status: "synced" | "vanished" | null;
            /** Format: date-time */
            last_external_sync: string | null;
            /** @enum {string} */
            origin: "internal" | "external" | "import";
            /** @description Counts up with every change; the ETag of the license. */
            version: number;
            /**
             * Format: uuid
             * @description The license that this one was consolidated into; null for a live one.
             */
            archived_into: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            createdBy: string;
            updatedBy: string;
        };
        Merge: {
            id: number;
            /**
             * @description `link`: a record was linked to a license that it resembled.
             * @enum {string}
             */
            kind: "consolidation" | "link";
            /** @enum {string} */
            state: "applied" | "undone";
            master: {
                id: string;
                key: string | null;
                dba: string | null;
            };
            duplicate: {
                id: string;
                key: string | null;
                dba: string | null;
            } | null;
            caseId: number | null;
            operationId: string | null;
            strategy: string;
            confidence: number | null;
            /** @description What the master took. */
            changes: {
                field: string;
                /** @description In the license's spelling; null is none. */
                before?: unknown;
                /** @description In the license's spelling; null is none. */
                after?: unknown;
            }[];
            records: {
                sourceKey: string;
                /** @enum {string} */
                role: "primary" | "secondary";
            }[];
            note: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            undoneBy: string | null;
            /** Format: date-time */
            undoneAt: string | null;
            undoNote: string | null;
            sentence: string;
        };
        /** @description What undoing would do, or what stands in its way. */
        UndoPreview: {
            possible: boolean;
            reason: string | null;
            blockers: ({
                /** @enum {string} */
                kind: "field" | "fed" | "link" | "merge" | "license" | "override";
                sentence: string;
            } & {
                [key: string]: unknown;
            })[];
            restores: {
                field: string;
                /** @description In the license's spelling; null is none. */
                before?: unknown;
                /** @description In the license's spelling; null is none. */
                after?: unknown;
            }[];
            returns: string[];
            handedOn: number[];
        };
        /** @description What was sent to the License API on account of the merge, in records. */
        MergeUpstream: {
            /** @description Changed upstream for the master while the merge was in force. */
            sent: number;
            /** @description Those that the next run with `bidirectional=true` changes again; 0 while the merge is in force. */
            due: number;
        };
        QuarantineEntry: {
            id: number;
            operationId: string | null;
            /**
             * @description `fetch`: the record could not be taken over. `push`: it was, and what was edited inside could not be written to it; the message has the API’s words.
             * @enum {string}
             */
            phase: "fetch" | "push";
            /** @description 0 for `push`: page and position say where the record stood. */
            pass: number;
            page: number;
            /** @description Index on the page, from 0. */
            position: number;
            /** @description Positions from there on that the entry speaks for. */
            positions: number;
            /** @enum {string} */
            state: "open" | "superseded" | "resolved";
            sourceKey: string | null;
            type: string;
            code: string;
            severity: string;
            retryable: boolean;
            message: string;
            replaying: boolean;
            resolvedOperationId: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        QuarantineDetail: components["schemas"]["QuarantineEntry"] & {
            /** @description What the API sent, as JSON, without secrets, e-mail address and phone number. */
            rawContent: string | null;
        };
        HistoryEntry: {
            id: number;
            /** @enum {string} */
            kind: "created" | "updated" | "merged" | "archived" | "unmerged" | "restored";
            /** Format: date-time */
            at: string;
            version: number;
            by: string;
            operationId: string | null;
            sourceKey: string | null;
            page: number | null;
            changes: {
                /** @enum {string} */
                field: "product" | "plan" | "status" | "term" | "seatsTotal" | "seatsUsed" | "startsAt" | "expiresAt" | "dba" | "zip" | "lastPayment" | "smsPurchased" | "smsSent" | "smsBalance" | "agents" | "agentsName" | "agentsCost" | "notes" | "appid" | "countid" | "mid" | "licenseType" | "packageData" | "sendbatWorkspace" | "comingExpired" | "externalEmail" | "phone" | "address" | "city" | "lastActive" | "externalSyncStatus";
                /** @description In the license's spelling; null is none. */
                before?: unknown;
                /** @description In the license's spelling; null is none. */
                after?: unknown;
                rule: string;
            }[];
            sentence: string;
        };
        /** @description What was sent to the License API last for the license; null: nothing. */
        LastPush: {
            sourceKey: string;
            /** @description The version of the license that was sent. */
            version: number;
            /**
             * @description `compensation`: what an undone merge had sent is taken back.
             * @enum {string}
             */
            kind: "push" | "compensation";
            /**
             * @description `due`: to be sent. `sent`: on its way, or its answer was lost. `rejected`: refused; `retry`: and to be tried again. `void`: there was nothing to be done.
             * @enum {string}
             */
            state: "due" | "sent" | "done" | "rejected" | "retry" | "void";
            reason: string | null;
            /** Format: date-time */
            at: string;
            operationId: string | null;
        };
        Blame: {
            /** @enum {string} */
            field: "product" | "plan" | "status" | "term" | "seatsTotal" | "seatsUsed" | "startsAt" | "expiresAt" | "dba" | "zip" | "lastPayment" | "smsPurchased" | "smsSent" | "smsBalance" | "agents" | "agentsName" | "agentsCost" | "notes" | "appid" | "countid" | "mid" | "licenseType" | "packageData" | "sendbatWorkspace" | "comingExpired" | "externalEmail" | "phone" | "address" | "city" | "lastActive" | "externalSyncStatus";
            /** @description In the license's spelling; null is none. */
            value?: unknown;
            origin: {
                /** Format: date-time */
                at: string;
                version: number;
                by: string;
                operationId: string | null;
                sourceKey: string | null;
                page: number | null;
            } | null;
            rule: string | null;
            /** @description In the license's spelling; null is none. */
            replaced?: unknown;
            sentence: string;
        };
        Plan: {
            /** @description The id of the dry run that made it. */
            planId: string;
            /** @enum {string} */
            state: "ready" | "outdated" | "applied" | "expired";
            /** @description What can be done with it. */
            sentence: string;
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            summary: {
                created: number;
                updated: number;
                unchanged: number;
                linked: number;
                vanished: number;
                /** @description Licenses in force that would end. */
                deactivates: number;
                /** @description Licenses of which a business-critical value would be replaced. */
                overwrites: number;
                conflicts: number;
                ambiguous: number;
                quarantined: number;
                /** @description Records that would be changed upstream; see `links.pushes`. */
                pushes: number;
                /** @enum {string|null} */
                proof: "proven" | "proven_by_two_passes" | "unproven" | null;
            };
            /** @description The operation that has written since it was made. */
            outdatedBy: string | null;
            applied: {
                operationId: string;
                /** @enum {string|null} */
                status: "running" | "paused" | "awaiting_approval" | "completed" | "completed_with_findings" | "incomplete" | "failed" | "cancelled" | "skipped" | null;
                /** Format: date-time */
                at: string | null;
                /** @description Records written as planned, so far. */
                applied: number;
                /** @description Records left alone because they had changed since. */
                drifted: number;
            } | null;
            changesKept: boolean;
            links: {
                self: string;
                changes: string;
                exportCsv: string;
                exportJsonLines: string;
                apply: string;
                pushes: string;
                dryRun: string;
            };
        };
        PlanChange: {
            sourceKey: string;
            licenseId: string;
            /** @description By which people know the license. */
            dba: string | null;
            /** @enum {string} */
            outcome: "created" | "updated" | "unchanged" | "linked" | "vanished";
            matchedBy: string;
            fields: {
                field: string;
                before?: unknown;
                after?: unknown;
                rule: string;
            }[];
            conflicts: {
                /** @description As the License API calls it. */
                field: string;
                internal?: unknown;
                external?: unknown;
                base?: unknown;
                /** @enum {string} */
                resolution: "took_external" | "kept_internal";
                held: boolean;
            }[];
            /** @description Why it was not carried out after all. */
            drift: string | null;
        };
        Review: {
            id: number;
            /** @enum {string} */
            state: "open" | "flagged" | "approved" | "rejected" | "superseded" | "undone";
            /** @enum {string} */
            kind: "external" | "internal" | "cross_system";
            /** @enum {string} */
            reason: "review_band" | "not_all_alike" | "returned";
            confidence: number;
            priority: number;
            version: number;
            assignedTo: string | null;
            /** Format: date-time */
            heldUntil: string | null;
            /** Format: date-time */
            flaggedUntil: string | null;
            /** Format: date-time */
            remindedAt: string | null;
            /** Format: date-time */
            escalatedAt: string | null;
            decidedBy: string | null;
            /** Format: date-time */
            decidedAt: string | null;
            closedReason: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description Who is waited for and what to do next, or how it ended. */
            sentence: string;
            members: {
                ref: string;
                licenseId: string;
                dba: string | null;
                city: string | null;
            }[];
        };
        BulkReview: {
            id: string;
            /** @enum {string} */
            decision: "approve" | "reject" | "flag";
            reviewer: string;
            note: string | null;
            /** @enum {string} */
            state: "running" | "completed" | "failed";
            total: number;
            pending: number;
            done: number;
            refused: number;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            endedAt: string | null;
            sentence: string;
        };
        ReviewDetail: {
            id: number;
            /** @enum {string} */
            state: "open" | "flagged" | "approved" | "rejected" | "superseded" | "undone";
            /** @enum {string} */
            kind: "external" | "internal" | "cross_system";
            /** @enum {string} */
            reason: "review_band" | "not_all_alike" | "returned";
            confidence: number;
            priority: number;
            version: number;
            assignedTo: string | null;
            /** Format: date-time */
            heldUntil: string | null;
            /** Format: date-time */
            flaggedUntil: string | null;
            /** Format: date-time */
            remindedAt: string | null;
            /** Format: date-time */
            escalatedAt: string | null;
            decidedBy: string | null;
            /** Format: date-time */
            decidedAt: string | null;
            closedReason: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description Who is waited for and what to do next, or how it ended. */
            sentence: string;
            members: {
                ref: string;
                licenseId: string;
                /** @description What it said when the case was opened: this was scored. */
                business: {
                    dba: string | null;
                    email: string | null;
                    phone: string | null;
                    address: string | null;
                    city: string | null;
                    zip: string | null;
                };
                /** @description The license that it belongs to now. */
                license: components["schemas"]["License"] | null;
                record: components["schemas"]["ExternalRecord"] | null;
                /** @description What happened to it since; while it is not null, the case cannot be decided. */
                trouble: {
                    /** @enum {string} */
                    kind: "gone" | "merged" | "relinked" | "changed";
                    fields: string[];
                    sentence: string;
                } | null;
            }[];
            /** @description Fields in which the licenses differ, with the value of each by its id. */
            differences: {
                field: string;
                values: {
                    [key: string]: unknown;
                };
            }[];
            explanation: {
                pairs: {
                    a: string;
                    b: string;
                    score: components["schemas"]["PairScore"];
                }[];
                /** @description What changed since somebody said that these are different. */
                returned: {
                    ref: string;
                    field: string;
                    before: string | null;
                    after: string | null;
                    decidedBy: string;
                    decidedAt: string;
                    caseId: number | null;
                }[] | null;
            };
            suggestedMaster: {
                masterId: string;
                ranking: {
                    licenseId: string;
                    score: number;
                    status: number;
                    freshness: number;
                    completeness: number;
                    activity: number;
                }[];
            } | null;
            history: {
                /** Format: date-time */
                at: string;
                what: string;
                by: string;
                note: string | null;
                version: number | null;
                masterId: string | null;
                duplicateId: string | null;
                mergeId: number | null;
                details: {
                    [key: string]: unknown;
                } | null;
            }[];
        };
        ExternalRecord: {
            sourceKey: string;
            countid: number | null;
            appid: string | null;
            licenseType: string | null;
            dba: string | null;
            status: number | null;
            activateDate: string | null;
            comingExpired: string | null;
            monthlyFee: number | null;
            smsBalance: number | null;
            email: string | null;
            phone: string | null;
            address: string | null;
            city: string | null;
            zip: string | null;
            mid: string | null;
            /** Format: date-time */
            lastActive: string | null;
            /** Format: date-time */
            vanishedAt: string | null;
        };
        /** @description Evidence in bits, which add up: confidence = 100 / (1 + 2^-bits), unless a cap applies. */
        PairScore: {
            confidence: number;
            /** @description What the evidence alone would say. */
            uncapped: number;
            bits: number;
            /** @enum {string} */
            decision: "auto" | "review" | "observe" | "none";
            /** @description The rule that keeps the confidence from being higher. */
            cap: {
                rule: string;
                confidence: number;
                why: string;
            } | null;
            evidence: {
                /** @enum {string} */
                group: "prior" | "name" | "numbers" | "location" | "phone" | "email";
                level: string;
                bits: number;
                a: string | null;
                b: string | null;
                note: string | null;
            }[];
            wouldChange: {
                /** @enum {string} */
                to: "auto" | "review" | "below";
                what: string;
            }[];
        };
        Schedule: {
            name: string;
            /** @description As Temporal knows it. */
            scheduleId: string;
            cron: string;
            timezone: string;
            jitterMs: number;
            catchupWindowMs: number;
            pauseOnFailure: boolean;
            /**
             * @description A due time that comes while another run is under way starts none.
             * @enum {string}
             */
            overlap: "skip";
            options: {
                comprehensive?: boolean;
                detectDuplicates?: boolean;
                /** @description Also send what was edited inside. */
                bidirectional?: boolean;
                dryRun?: boolean;
                partial?: boolean;
                maxPages?: number;
                /** @description 1: active records only; 0: the others only. */
                status?: 0 | 1;
                dba?: string;
            };
            note: string | null;
            paused: boolean;
            /** @description Who paused or resumed it, or why it paused itself. */
            stateNote: string;
            /** @description Empty while it is paused. */
            nextTimes: string[];
            recentActions: {
                /** Format: date-time */
                dueAt: string;
                /** Format: date-time */
                startedAt: string;
                workflowId: string;
            }[];
            running: {
                workflowId: string;
                operationId: string | null;
            } | null;
            counts: {
                started: number;
                /** @description Due times at which its own last run was still under way. */
                skippedOverlap: number;
                /** @description Due times that were older than the catch-up window. */
                missedCatchup: number;
            };
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** Format: date-time */
            updatedAt: string | null;
            updatedBy: string;
            links: {
                self: string;
            };
        };
        ScheduleDetails: {
            name: string;
            /** @description As Temporal knows it. */
            scheduleId: string;
            cron: string;
            timezone: string;
            jitterMs: number;
            catchupWindowMs: number;
            pauseOnFailure: boolean;
            /**
             * @description A due time that comes while another run is under way starts none.
             * @enum {string}
             */
            overlap: "skip";
            options: {
                comprehensive?: boolean;
                detectDuplicates?: boolean;
                /** @description Also send what was edited inside. */
                bidirectional?: boolean;
                dryRun?: boolean;
                partial?: boolean;
                maxPages?: number;
                /** @description 1: active records only; 0: the others only. */
                status?: 0 | 1;
                dba?: string;
            };
            note: string | null;
            paused: boolean;
            /** @description Who paused or resumed it, or why it paused itself. */
            stateNote: string;
            /** @description Empty while it is paused. */
            nextTimes: string[];
            recentActions: {
                /** Format: date-time */
                dueAt: string;
                /** Format: date-time */
                startedAt: string;
                workflowId: string;
            }[];
            running: {
                workflowId: string;
                operationId: string | null;
            } | null;
            counts: {
                started: number;
                /** @description Due times at which its own last run was still under way. */
                skippedOverlap: number;
                /** @description Due times that were older than the catch-up window. */
                missedCatchup: number;
            };
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** Format: date-time */
            updatedAt: string | null;
            updatedBy: string;
            links: {
                self: string;
            };
            /** @description Newest first; `skipped` where another run was under way. */
            recentOperations: {
                operationId: string;
                /** @enum {string} */
                status: "running" | "paused" | "awaiting_approval" | "completed" | "completed_with_findings" | "incomplete" | "failed" | "cancelled" | "skipped";
                /** Format: date-time */
                startedAt: string;
                /** Format: date-time */
                endedAt: string | null;
            }[];
        };
        NewSchedule: {
            name: string;
            /** @description Five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday), with lists, ranges, steps and English three-letter names. Nothing else: no seconds, no years, no @every, no CRON_TZ=. Day of month and day of week cannot both be chosen. */
            cron: string;
            /**
             * @description An hour that a change of the clocks skips or repeats is skipped or repeated.
             * @default UTC
             */
            timezone: string;
            /**
             * @description A run begins up to this much later than it is due, never past the next due time.
             * @default 0
             */
            jitterMs: number;
            /**
             * @description When Temporal was away: due times that are not older are made up for, by one run.
             * @default 3600000
             */
            catchupWindowMs: number;
            /**
             * @description Pause after a run that failed or was incomplete.
             * @default false
             */
            pauseOnFailure: boolean;
            /**
             * @description Flags of the runs; what is absent takes its default when a run begins.
             * @default {}
             */
            options: {
                comprehensive?: boolean;
                detectDuplicates?: boolean;
                /** @description Also send what was edited inside. */
                bidirectional?: boolean;
                dryRun?: boolean;
                partial?: boolean;
                maxPages?: number;
                /** @description 1: active records only; 0: the others only. */
                status?: 0 | 1;
                dba?: string;
            };
            /** @default null */
            note: string | null;
            /** @default false */
            paused: boolean;
        };
        ScheduleChange: {
            /** @description Five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday), with lists, ranges, steps and English three-letter names. Nothing else: no seconds, no years, no @every, no CRON_TZ=. Day of month and day of week cannot both be chosen. */
            cron?: string;
            /** @description An hour that a change of the clocks skips or repeats is skipped or repeated. */
            timezone?: string;
            /** @description A run begins up to this much later than it is due, never past the next due time. */
            jitterMs?: number;
            /** @description When Temporal was away: due times that are not older are made up for, by one run. */
            catchupWindowMs?: number;
            /** @description Pause after a run that failed or was incomplete. */
            pauseOnFailure?: boolean;
            /** @description Flags of the runs; what is absent takes its default when a run begins. */
            options?: {
                comprehensive?: boolean;
                detectDuplicates?: boolean;
                /** @description Also send what was edited inside. */
                bidirectional?: boolean;
                dryRun?: boolean;
                partial?: boolean;
                maxPages?: number;
                /** @description 1: active records only; 0: the others only. */
                status?: 0 | 1;
                dba?: string;
            };
            note?: string | null;
        };
        Backfill: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
        };
        Alert: {
            id: number;
            kind: string;
            subject: string;
            /** @enum {string} */
            severity: "info" | "warning" | "critical";
            /** @enum {string} */
            state: "open" | "acknowledged" | "resolved";
            /** @description Since when, what, and what to do. */
            message: string;
            details: {
                [key: string]: unknown;
            } | null;
            operationId: string | null;
            occurrences: number;
            /** Format: date-time */
            firstSeenAt: string;
            /** Format: date-time */
            lastSeenAt: string;
            acknowledgedBy: string | null;
            /** Format: date-time */
            acknowledgedAt: string | null;
            /** Format: date-time */
            resolvedAt: string | null;
        };
        Webhook: {
            id: number;
            name: string;
            url: string;
            types: ("run.ended" | "run.awaiting_approval" | "cases.opened" | "alert.raised" | "alert.resolved" | "webhook.test")[] | null;
            /**
             * @description Paused: nothing is sent, and nothing is kept for later.
             * @enum {string}
             */
            state: "active" | "paused";
            /** Format: date-time */
            createdAt: string;
            createdBy: string;
            /** Format: date-time */
            updatedAt: string;
        };
        NewWebhook: components["schemas"]["Webhook"] & {
            /** @description What deliveries are signed with; shown this once. */
            secret: string;
        };
        WebhookDelivery: {
            id: number;
            /** @description The header `webhook-id`: the same however often it is sent, so that receivers can tell a repetition. */
            eventId: string;
            /** @enum {string} */
            type: "run.ended" | "run.awaiting_approval" | "cases.opened" | "alert.raised" | "alert.resolved" | "webhook.test";
            /** @enum {string} */
            state: "pending" | "delivered" | "failed" | "cancelled";
            attempts: number;
            /** @description HTTP status of the last answer. */
            lastStatus: number | null;
            lastError: string | null;
            /** Format: date-time */
            happenedAt: string;
            /** Format: date-time */
            lastAttemptAt: string | null;
            /** Format: date-time */
            settledAt: string | null;
        };
        Readiness: {
            ready: boolean;
            reason: string | null;
            checks: {
                database: {
                    ok: boolean;
                    reason: string | null;
                };
                migrations: {
                    ok: boolean;
                    reason: string | null;
                };
                temporal: {
                    ok: boolean;
                    reason: string | null;
                };
            };
        };
        Token: {
            id: number;
            name: string;
            /** @enum {string} */
            role: "viewer" | "reviewer" | "operator" | "admin";
            /** Format: date-time */
            createdAt: string;
            /** @description Name of the token that made this one. */
            createdBy: string;
            /**
             * Format: date-time
             * @description To the minute.
             */
            lastUsedAt: string | null;
            /**
             * Format: date-time
             * @description Null: never.
             */
            expiresAt: string | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
        };
        NewToken: components["schemas"]["Token"] & {
            value: string;
        };
        ResolvedLicense: components["schemas"]["License"] & {
            /**
             * Format: uuid
             * @description The id that was asked for, where that license was consolidated into this one.
             */
            resolvedFrom?: string;
        };
        /** @description Only the given members are written; null clears one. */
        LicenseEdit: {
            product?: string | null;
            plan?: string | null;
            /** @enum {string} */
            status?: "draft" | "active" | "expiring" | "expired" | "pending" | "cancel";
            term?: string | null;
            seatsTotal?: number | null;
            seatsUsed?: number | null;
            /** @description ISO 8601 with its zone, or a day as YYYY-MM-DD. */
            startsAt?: string | null;
            /** @description ISO 8601 with its zone, or a day as YYYY-MM-DD. */
            expiresAt?: string | null;
            dba?: string | null;
            zip?: string | null;
            /** @description At most ten digits and four decimal places, not below zero. */
            lastPayment?: number | string | null;
            smsPurchased?: number | null;
            smsSent?: number | null;
            /** @description At most ten digits and four decimal places. */
            smsBalance?: number | string | null;
            agents?: number | null;
            agentsName?: string | null;
            /** @description At most ten digits and four decimal places, not below zero. */
            agentsCost?: number | string | null;
            notes?: string | null;
            appid?: string | null;
            countid?: number | null;
            mid?: string | null;
            license_type?: string | null;
            package_data?: {
                [key: string]: unknown;
            } | null;
            sendbat_workspace?: string | null;
            /** Format: date */
            coming_expired?: string | null;
            external_email?: string | null;
            phone?: string | null;
            address?: string | null;
            city?: string | null;
            /** @description Cannot be set. */
            id?: null;
            /** @description Cannot be set. */
            key?: null;
            /** @description Cannot be set. */
            origin?: null;
            /** @description Cannot be set. */
            version?: null;
            /** @description Cannot be set. */
            archived_into?: null;
            /** @description Cannot be set. */
            external_sync_status?: null;
            /** @description Cannot be set. */
            last_external_sync?: null;
            /** @description Cannot be set. */
            last_active?: null;
            /** @description Cannot be set. */
            createdAt?: null;
            /** @description Cannot be set. */
            updatedAt?: null;
            /** @description Cannot be set. */
            createdBy?: null;
            /** @description Cannot be set. */
            updatedBy?: null;
        };
        SuspectedDuplicate: {
            licenseId: string;
            licenseKey: string;
            confidenceScore: number;
            matchReasons: ("exact_key" | "fuzzy_dba" | "email_domain" | "email" | "phone" | "address" | "zip" | "city")[];
            /** @enum {string} */
            decision: "auto" | "review" | "observe" | "none";
        };
        /** @description At least one of dba, appid, countid and key is needed. The status is `draft` unless given. */
        NewLicense: {
            /** @description Unique; one is made when none is given. */
            key?: string;
            product?: string | null;
            plan?: string | null;
            /** @enum {string} */
            status?: "draft" | "active" | "expiring" | "expired" | "pending" | "cancel";
            term?: string | null;
            seatsTotal?: number | null;
            seatsUsed?: number | null;
            /** @description ISO 8601 with its zone, or a day as YYYY-MM-DD. */
            startsAt?: string | null;
            /** @description ISO 8601 with its zone, or a day as YYYY-MM-DD. */
            expiresAt?: string | null;
            dba?: string | null;
            zip?: string | null;
            /** @description At most ten digits and four decimal places, not below zero. */
            lastPayment?: number | string | null;
            smsPurchased?: number | null;
            smsSent?: number | null;
            /** @description At most ten digits and four decimal places. */
            smsBalance?: number | string | null;
            agents?: number | null;
            agentsName?: string | null;
            /** @description At most ten digits and four decimal places, not below zero. */
            agentsCost?: number | string | null;
            notes?: string | null;
            appid?: string | null;
            countid?: number | null;
            mid?: string | null;
            license_type?: string | null;
            package_data?: {
                [key: string]: unknown;
            } | null;
            sendbat_workspace?: string | null;
            /** Format: date */
            coming_expired?: string | null;
            external_email?: string | null;
            phone?: string | null;
            address?: string | null;
            city?: string | null;
            /** @description Cannot be set. */
            id?: null;
            /** @description Cannot be set. */
            origin?: null;
            /** @description Cannot be set. */
            version?: null;
            /** @description Cannot be set. */
            archived_into?: null;
            /** @description Cannot be set. */
            external_sync_status?: null;
            /** @description Cannot be set. */
            last_external_sync?: null;
            /** @description Cannot be set. */
            last_active?: null;
            /** @description Cannot be set. */
            createdAt?: null;
            /** @description Cannot be set. */
            updatedAt?: null;
            /** @description Cannot be set. */
            createdBy?: null;
            /** @description Cannot be set. */
            updatedBy?: null;
        } | {
            dba: string;
        } | {
            appid: string;
        } | {
            countid: number;
        } | unknown;
        LicenseRelations: {
            /** @description The one that feeds the license first; 50 at most. */
            records: {
                sourceKey: string;
                /**
                 * @description The primary one feeds the license.
                 * @enum {string}
                 */
                role: "primary" | "secondary";
                /** @description How the two were found to belong together. */
                matchedBy: string;
                /** @description Null where a key decided. */
                confidence: number | null;
                /** Format: date-time */
                linkedAt: string;
                /** @description What it said last; null when it was never read. */
                record: components["schemas"]["ExternalRecord"] | null;
            }[];
            /** @description Newest first, decided ones as well; 50 at most. */
            cases: {
                id: number;
                /** @enum {string} */
                state: "open" | "flagged" | "approved" | "rejected" | "superseded" | "undone";
                confidence: number;
                decidedBy: string | null;
                /** Format: date-time */
                createdAt: string;
                /** Format: date-time */
                decidedAt: string | null;
            }[];
        };
        ImportResult: {
            dryRun: boolean;
            /** @description The sum of the next five. */
            rows: number;
            created: number;
            updated: number;
            /** @description The license says all that the row says. */
            unchanged: number;
            /** @description The license says otherwise, and was left as it is. */
            kept: number;
            /** @description The first hundred of those that were kept. */
            keptRows: {
                line: number;
                key: string;
                /** Format: uuid */
                licenseId: string;
                /** @enum {string} */
                reason: "differs" | "archived";
                fields: string[];
            }[];
            /** @description Rows that make no license: one for the same business is there, or an earlier row makes it. */
            duplicates: number;
            /** @description The first hundred of them. */
            duplicateRows: {
                line: number;
                key: string;
                /** @description The license that it resembles most. */
                licenseId: string | null;
                /** @description Or the earlier row. */
                sameAsLine: number | null;
                confidenceScore: number;
                matchReasons: ("exact_key" | "fuzzy_dba" | "email_domain" | "email" | "phone" | "address" | "zip" | "city")[];
                /** @enum {string} */
                decision: "auto" | "review" | "observe" | "none";
            }[];
            /** @description Rows whose new license resembles another one. */
            alike: number;
            /** @description The first hundred of them. */
            alikeRows: {
                line: number;
                key: string;
                /** @description The license that it resembles most. */
                licenseId: string | null;
                /** @description Or the earlier row. */
                sameAsLine: number | null;
                confidenceScore: number;
                matchReasons: ("exact_key" | "fuzzy_dba" | "email_domain" | "email" | "phone" | "address" | "zip" | "city")[];
                /** @enum {string} */
                decision: "auto" | "review" | "observe" | "none";
            }[];
            /** @description False when the file is too long to compare its rows with each other here. */
            comparedWithin: boolean;
        };
        DuplicateCheck: {
            hasDuplicates: boolean;
            /**
             * @description Of the strongest one found; keep_separate when there is none.
             * @enum {string}
             */
            recommendation: "consolidate" | "review" | "keep_separate";
            /** @description Best first, fifty at most. */
            potentialDuplicates: components["schemas"]["PotentialDuplicate"][];
            /** @description Licenses that are not archived. */
            checkedAgainst: number;
            threshold: number;
            /** @description False while the last changes are still to be taken into the comparison. */
            upToDate: boolean;
        };
        PotentialDuplicate: {
            licenseId: string;
            licenseKey: string;
            dba: string | null;
            /** @enum {string} */
            status: "draft" | "active" | "expiring" | "expired" | "pending" | "cancel";
            confidenceScore: number;
            matchReasons: ("exact_key" | "fuzzy_dba" | "email_domain" | "email" | "phone" | "address" | "zip" | "city")[];
            /** @enum {string} */
            recommendation: "consolidate" | "review" | "keep_separate";
            /** @description With explain=true. */
            explanation?: components["schemas"]["PairScore"] | null;
        };
        DuplicateQuery: {
            dba?: string | null;
            email?: string | null;
            phone?: string | null;
            address?: string | null;
            city?: string | null;
            zip?: string | null;
            key?: string | null;
            threshold?: number;
            explain?: boolean;
        } | {
            dba: string;
        } | {
            email: string;
        } | {
            phone: string;
        } | {
            address: string;
        } | {
            city: string;
        } | {
            zip: string;
        } | {
            key: string;
        };
        DuplicateObservation: {
            confidence: number;
            a: {
                /** @description The source key of a record, or `l:` and the id of a license. */
                ref: string;
                licenseId: string | null;
                licenseKey: string | null;
                business: {
                    dba: string | null;
                    email: string | null;
                    phone: string | null;
                    address: string | null;
                    city: string | null;
                    zip: string | null;
                };
            };
            b: {
                /** @description The source key of a record, or `l:` and the id of a license. */
                ref: string;
                licenseId: string | null;
                licenseKey: string | null;
                business: {
                    dba: string | null;
                    email: string | null;
                    phone: string | null;
                    address: string | null;
                    city: string | null;
                    zip: string | null;
                };
            };
            explanation?: components["schemas"]["PairScore"] & unknown;
        };
        PairExplanation: {
            a: {
                /** @description The source key of a record, or `l:` and the id of a license. */
                ref: string;
                licenseId: string | null;
                licenseKey: string | null;
                business: {
                    dba: string | null;
                    email: string | null;
                    phone: string | null;
                    address: string | null;
                    city: string | null;
                    zip: string | null;
                };
            };
            b: {
                /** @description The source key of a record, or `l:` and the id of a license. */
                ref: string;
                licenseId: string | null;
                licenseKey: string | null;
                business: {
                    dba: string | null;
                    email: string | null;
                    phone: string | null;
                    address: string | null;
                    city: string | null;
                    zip: string | null;
                };
            };
            score: components["schemas"]["PairScore"];
            /** @description What brings the two together; when empty, no run compares them. */
            sharedKeys: ("phone" | "email" | "domain" | "name" | "place_word" | "street")[];
            verdict: {
                /** @enum {string} */
                verdict: "same" | "different";
                by: string;
                /** Format: date-time */
                at: string;
                /** @description One of them says something else since. */
                outdated: boolean;
            } | null;
            sentence: string;
            /** @description Pairs of their records that were compared; told is the one most alike. */
            compared: number;
        };
        DuplicateMetrics: {
            days: number;
            /** Format: date-time */
            since: string;
            metrics: {
                detectionRate: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                falsePositiveRate: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                consolidationRate: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                detectionTime: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                consolidationTime: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                duplicateAccuracy: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                consolidationSuccessRate: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                manualReviewsQueued: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                autoConsolidations: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
                duplicateAlertsSent: {
                    /** @description Null when there is nothing to divide by. */
                    value: number | null;
                    /** @enum {string} */
                    unit: "ratio" | "ms" | "count" | "per sync";
                    numerator: number;
                    denominator: number | null;
                    meaning: string;
                };
            };
            /** @description Cases that nobody has decided, whenever they were opened. */
            queue: {
                total: number;
                sizes: {
                    /** @enum {string} */
                    state: "open" | "flagged";
                    /**
                     * @description Opened within it.
                     * @enum {string}
                     */
                    age: "day" | "week" | "month" | "older";
                    cases: number;
                }[];
            };
        };
        MatchLab: {
            changed: {
                path: string;
                before: number;
                after: number;
            }[];
            verdicts: number;
            unreadable: number;
            before: {
                same: {
                    auto: number;
                    review: number;
                    observe: number;
                    none: number;
                };
                different: {
                    auto: number;
                    review: number;
                    observe: number;
                    none: number;
                };
            };
            after: {
                same: {
                    auto: number;
                    review: number;
                    observe: number;
                    none: number;
                };
                different: {
                    auto: number;
                    review: number;
                    observe: number;
                    none: number;
                };
            };
            /** @description Different businesses that would be made one without asking. */
            falseMerges: {
                before: number;
                after: number;
            };
            /** @description The same business, and nobody would be asked. */
            missed: {
                before: number;
                after: number;
            };
            flips: {
                /** @enum {string} */
                verdict: "same" | "different";
                /** @enum {string} */
                from: "auto" | "review" | "observe" | "none";
                /** @enum {string} */
                to: "auto" | "review" | "observe" | "none";
                count: number;
            }[];
            /** @description Those that do most harm first, two hundred at most. */
            flipped: {
                /** @enum {string} */
                verdict: "same" | "different";
                /** @enum {string} */
                from: "auto" | "review" | "observe" | "none";
                /** @enum {string} */
                to: "auto" | "review" | "observe" | "none";
                a: {
                    ref: string;
                    dba: string | null;
                };
                b: {
                    ref: string;
                    dba: string | null;
                };
                before: number;
                after: number;
                decidedBy: string;
                /** Format: date-time */
                decidedAt: string;
            }[];
            more: number;
        };
    };
    responses: {
        /** @description `unauthenticated`: A valid token is needed. */
        Unauthenticated: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & ({
                    /** @enum {string} */
                    type?: "/problems/unauthenticated";
                } & {
                    [key: string]: unknown;
                });
            };
        };
        /** @description `forbidden`: The token does not allow this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & ({
                    /** @enum {string} */
                    type?: "/problems/forbidden";
                } & {
                    [key: string]: unknown;
                });
            };
        };
        /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & ({
                    /** @enum {string} */
                    type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down";
                } & {
                    [key: string]: unknown;
                });
            };
        };
        /** @description `body-too-large`: The body is too large. */
        BodyTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & ({
                    /** @enum {string} */
                    type?: "/problems/body-too-large";
                } & {
                    [key: string]: unknown;
                });
            };
        };
        /** @description `idempotency-key-reused`: The key stands for another request. */
        KeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & ({
                    /** @enum {string} */
                    type?: "/problems/idempotency-key-reused";
                } & {
                    [key: string]: unknown;
                });
            };
        };
        /** @description `invalid-request`: The request cannot be understood. */
        InvalidRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & ({
                    /** @enum {string} */
                    type?: "/problems/invalid-request";
                } & {
                    [key: string]: unknown;
                });
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getOverview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The overview */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Overview"];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getSyncChoices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Flags and defaults */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["SyncChoices"];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getSyncStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["SyncStatus"];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    startSync: {
        parameters: {
            query?: {
                comprehensive?: boolean;
                detectDuplicates?: boolean;
                /** @description Also send what was edited inside to the License API. 403 while its feature is switched off. */
                bidirectional?: boolean;
                dryRun?: boolean;
                partial?: boolean;
                maxPages?: number;
                status?: "0" | "1" | "active" | "inactive";
                /** @description Only records whose business name holds this text. */
                dba?: string;
                /** @description Answer when the run has ended, with status 200. */
                wait?: boolean;
            };
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run has ended (`wait=true`) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                    };
                };
            };
            /** @description The run has begun */
            202: {
                headers: {
                    /** @description Address of the operation */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `options-invalid`: The options make no sense together. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/options-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            /** @description `forbidden`: The token does not allow this. `feature-disabled`: This feature is switched off. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/forbidden" | "/problems/feature-disabled";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `sync-already-running`: A sync is under way already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/sync-already-running";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `upstream-not-configured`: The License API is not configured. `too-many-streams`: Too many waiting requests. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/upstream-not-configured" | "/problems/too-many-streams";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    getProgress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Progress */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Progress"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    streamProgress: {
        parameters: {
            query?: never;
            header?: {
                "last-event-id"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream of events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        /** @enum {string} */
                        event: "progress" | "problem" | "end";
                        /** @description For Last-Event-ID. */
                        id: string;
                        /** @description Milliseconds after which to connect again. */
                        retry: number;
                        /** @description JSON: a Progress; in the event `problem` a Problem. */
                        data: string;
                    };
                };
            };
            /** @description The stream had ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `too-many-streams`: Too many waiting requests. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/too-many-streams";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    listOperations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
                status?: "running" | "paused" | "awaiting_approval" | "completed" | "completed_with_findings" | "incomplete" | "failed" | "cancelled" | "skipped";
                kind?: "full" | "partial" | "dry_run" | "plan" | "replay";
                /** @description Who started it; `schedule` is any of them. */
                trigger?: "console" | "cli" | "api" | "schedule" | "temporal";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of operations */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listBatches: {
        parameters: {
            query?: {
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: string;
                phase?: "begin" | "fetch" | "mirror" | "analyse" | "plan" | "guard" | "apply" | "push" | "report";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of batches */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Batch"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listPhases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The phases */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Phase"][];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    pauseOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Asked for; the progress shows when it is so */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `operation-state`: The state of the operation does not allow this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/operation-state";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    resumeOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Asked for; the progress shows when it is so */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `operation-state`: The state of the operation does not allow this. `plan-expired`: The plan has expired. `plan-outdated`: The plan is out of date. `sync-already-running`: A sync is under way already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/operation-state" | "/problems/plan-expired" | "/problems/plan-outdated" | "/problems/sync-already-running";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `upstream-not-configured`: The License API is not configured. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/upstream-not-configured";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    approveOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "vanish" | "deactivate" | "overwrite" | "push";
                    ceiling: number;
                };
            };
        };
        responses: {
            /** @description Approved; the run has said so */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ApprovedOperation"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `operation-state`: The state of the operation does not allow this. `approval-refused`: The run refuses this approval. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/operation-state" | "/problems/approval-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `approval-unconfirmed`: The approval cannot be confirmed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/approval-unconfirmed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    cancelOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Asked for; the progress shows when it is so */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `operation-state`: The state of the operation does not allow this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/operation-state";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listPushes: {
        parameters: {
            query?: {
                state?: "planned" | "pushed" | "agreed" | "conflict" | "unaddressable" | "gone" | "rejected" | "unconfirmed" | "skipped";
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of records */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Push"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                            counts: components["schemas"]["PushReport"];
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `pushes-expired`: What was to be sent is not kept any more. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/pushes-expired";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listConflicts: {
        parameters: {
            query?: {
                state?: "open" | "resolved" | "superseded";
                field?: "dba" | "zip" | "status" | "activateDate" | "comingExpired" | "monthlyFee" | "smsBalance" | "appid" | "email" | "countid" | "mid" | "licenseType" | "package" | "sendbatWorkspace" | "phone" | "address" | "city" | "note" | "lastActive";
                /** @description Id or key of a license. */
                licenseId?: string;
                operationId?: string;
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of conflicts */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Conflict"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getConflict: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The conflict */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Conflict"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `conflict-not-found`: There is no such conflict. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/conflict-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    resolveConflicts: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: number[];
                    /** @enum {string} */
                    choice: "keep" | "take";
                } | {
                    filter: {
                        /** @enum {string} */
                        field?: "dba" | "zip" | "status" | "activateDate" | "comingExpired" | "monthlyFee" | "smsBalance" | "appid" | "email" | "countid" | "mid" | "licenseType" | "package" | "sendbatWorkspace" | "phone" | "address" | "city" | "note" | "lastActive";
                        /** @description Id or key of a license. */
                        licenseId?: string;
                        /** Format: uuid */
                        operationId?: string;
                    };
                    cursor?: number;
                    /** @enum {string} */
                    choice: "keep" | "take";
                };
            };
        };
        responses: {
            /** @description What became of each */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            id: number;
                            /** @enum {string} */
                            outcome: "resolved" | "skipped";
                            reason?: string;
                            detail?: string;
                        }[];
                        meta: {
                            resolved: number;
                            skipped: number;
                            nextCursor: number | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    resolveConflict: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
                /** @description The license's version that the request is about. */
                "if-match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    choice: "keep";
                } | {
                    /** @enum {string} */
                    choice: "take";
                } | {
                    /** @enum {string} */
                    choice: "value";
                    value: unknown;
                };
            };
        };
        responses: {
            /** @description The conflict as it is settled */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Conflict"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `value-invalid`: The value does not fit the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/value-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `conflict-not-found`: There is no such conflict. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/conflict-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `conflict-state`: The conflict cannot be resolved like this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/conflict-state";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `license-changed`: The license was changed meanwhile. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-changed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listOverrides: {
        parameters: {
            query?: {
                kind?: "always" | "never";
                /** @description A source key (`c:4785`, `a:vbbp4ca`), a countid or an appid. */
                sourceKey?: string;
                /** @description Id or key. */
                licenseId?: string;
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of overrides */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["MatchOverride"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `record-not-found`: No such record is known. `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/record-not-found" | "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `record-ambiguous`: Several records have this appid. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/record-ambiguous";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    setOverride: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "always" | "never";
                    /** @description A source key (`c:4785`, `a:vbbp4ca`), a countid or an appid. */
                    sourceKey: string;
                    /** @description Id or key. */
                    licenseId: string;
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description It was there already */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["MatchOverride"];
                        meta: {
                            /** @description A link that was removed, and the record that feeds that license from now on. */
                            unlinked: {
                                licenseId: string;
                                promoted: string | null;
                            } | null;
                        };
                    };
                };
            };
            /** @description It holds from now on */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["MatchOverride"];
                        meta: {
                            /** @description A link that was removed, and the record that feeds that license from now on. */
                            unlinked: {
                                licenseId: string;
                                promoted: string | null;
                            } | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `record-not-found`: No such record is known. `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/record-not-found" | "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `record-ambiguous`: Several records have this appid. `override-refused`: The override cannot be set. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/record-ambiguous" | "/problems/override-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    removeOverride: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The override as it was */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["MatchOverride"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `override-not-found`: There is no such override. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/override-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    consolidateLicenses: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: uuid */
                    masterLicenseId: string;
                    duplicateLicenseIds: string[];
                    /**
                     * @default merge_keep_newer
                     * @enum {string}
                     */
                    consolidationStrategy?: "merge_keep_newer" | "keep_master" | "fill_empty";
                    notes?: string | null;
                    /** @description Field → id of the license whose value stands, also when it has none; goes before the strategy. appid, countid and mid of the master cannot be replaced. */
                    fields?: {
                        /** Format: uuid */
                        product?: string;
                        /** Format: uuid */
                        plan?: string;
                        /** Format: uuid */
                        status?: string;
                        /** Format: uuid */
                        term?: string;
                        /** Format: uuid */
                        seatsTotal?: string;
                        /** Format: uuid */
                        seatsUsed?: string;
                        /** Format: uuid */
                        startsAt?: string;
                        /** Format: uuid */
                        expiresAt?: string;
                        /** Format: uuid */
                        dba?: string;
                        /** Format: uuid */
                        zip?: string;
                        /** Format: uuid */
                        lastPayment?: string;
                        /** Format: uuid */
                        smsPurchased?: string;
                        /** Format: uuid */
                        smsSent?: string;
                        /** Format: uuid */
                        smsBalance?: string;
                        /** Format: uuid */
                        agents?: string;
                        /** Format: uuid */
                        agentsName?: string;
                        /** Format: uuid */
                        agentsCost?: string;
                        /** Format: uuid */
                        notes?: string;
                        /** Format: uuid */
                        appid?: string;
                        /** Format: uuid */
                        countid?: string;
                        /** Format: uuid */
                        mid?: string;
                        /** Format: uuid */
                        license_type?: string;
                        /** Format: uuid */
                        package_data?: string;
                        /** Format: uuid */
                        sendbat_workspace?: string;
                        /** Format: uuid */
                        coming_expired?: string;
                        /** Format: uuid */
                        external_email?: string;
                        /** Format: uuid */
                        phone?: string;
                        /** Format: uuid */
                        address?: string;
                        /** Format: uuid */
                        city?: string;
                        /** Format: uuid */
                        last_active?: string;
                    };
                };
            };
        };
        responses: {
            /** @description The master, and one merge a duplicate */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Consolidated"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `license-archived`: The license was consolidated into another one. `consolidation-refused`: The licenses cannot be made one. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/license-archived" | "/problems/consolidation-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listMerges: {
        parameters: {
            query?: {
                /** @description Id or key of the master or of the duplicate. */
                licenseId?: string;
                state?: "applied" | "undone";
                caseId?: number;
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of merges */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Merge"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getMerge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The merge */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Merge"] & {
                            undo: components["schemas"]["UndoPreview"];
                            upstream: components["schemas"]["MergeUpstream"];
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `merge-not-found`: There is no such merge. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/merge-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    undoMerge: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description The merge, undone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Merge"];
                        meta: {
                            restoredFields: string[];
                            sourceKeys: string[];
                            handedOn: number[];
                            caseUndone: boolean;
                            upstream: components["schemas"]["MergeUpstream"];
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `merge-not-found`: There is no such merge. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/merge-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `merge-undone`: The merge was undone already. `merge-blocked`: The merge cannot be undone. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/merge-undone" | "/problems/merge-blocked";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listQuarantine: {
        parameters: {
            query?: {
                state?: "open" | "superseded" | "resolved";
                phase?: "fetch" | "push";
                operationId?: string;
                code?: string;
                type?: string;
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["QuarantineEntry"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    replayQuarantine: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids: number[];
                } | {
                    /** Format: uuid */
                    operationId: string;
                } | {
                    /** @enum {boolean} */
                    all: true;
                };
            };
        };
        responses: {
            /** @description The run has begun */
            202: {
                headers: {
                    /** @description Address of the operation */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                        meta: {
                            /** @description Entries that the run reads again. */
                            entries: number;
                            skipped: {
                                id: number;
                                /** @enum {string} */
                                reason: "unknown" | "not_open" | "other_part";
                            }[];
                            /** @description Entries of partial runs over another part of the feed: replay those next. */
                            otherParts: number;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            /** @description `forbidden`: The token does not allow this. `feature-disabled`: This feature is switched off. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/forbidden" | "/problems/feature-disabled";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `operation-not-found`: There is no such operation. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/operation-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `nothing-to-replay`: There is nothing to replay. `replay-under-way`: Another replay is being started. `sync-already-running`: A sync is under way already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/nothing-to-replay" | "/problems/replay-under-way" | "/problems/sync-already-running";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `upstream-not-configured`: The License API is not configured. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/upstream-not-configured";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    getQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entry */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["QuarantineDetail"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `quarantine-not-found`: There is no such quarantined entry. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/quarantine-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getLicenseHistory: {
        parameters: {
            query?: {
                /** @description Only changes of this field, and its blame. */
                field?: "product" | "plan" | "status" | "term" | "seatsTotal" | "seatsUsed" | "startsAt" | "expiresAt" | "dba" | "zip" | "lastPayment" | "smsPurchased" | "smsSent" | "smsBalance" | "agents" | "agentsName" | "agentsCost" | "notes" | "appid" | "countid" | "mid" | "license_type" | "package_data" | "sendbat_workspace" | "coming_expired" | "external_email" | "phone" | "address" | "city" | "licenseType" | "packageData" | "sendbatWorkspace" | "comingExpired" | "externalEmail" | "lastActive" | "externalSyncStatus";
                /** @description Also who put the present value of each field there. */
                blame?: boolean;
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path: {
                /** @description Id or key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the history */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["HistoryEntry"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                            license: {
                                id: string;
                                key: string;
                                version: number;
                                /** @description Where it was consolidated: the license that it leads to. */
                                archivedInto: string | null;
                                lastPush: components["schemas"]["LastPush"] | null;
                            };
                            blame?: components["schemas"]["Blame"][];
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listPlans: {
        parameters: {
            query?: {
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of plans */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Plan"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Plan"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `plan-not-found`: There is no such plan. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/plan-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listPlanChanges: {
        parameters: {
            query?: {
                outcome?: "created" | "updated" | "unchanged" | "linked" | "vanished";
                /** @description Only records of which a change, or a clash of values, touches this field. */
                field?: "activateDate" | "address" | "agents" | "agentsCost" | "agentsName" | "appid" | "city" | "comingExpired" | "countid" | "dba" | "email" | "expiresAt" | "externalEmail" | "externalSyncStatus" | "lastActive" | "lastPayment" | "licenseType" | "mid" | "monthlyFee" | "note" | "notes" | "package" | "packageData" | "phone" | "plan" | "product" | "seatsTotal" | "seatsUsed" | "sendbatWorkspace" | "smsBalance" | "smsPurchased" | "smsSent" | "startsAt" | "status" | "term" | "zip";
                /** @description Only what was left alone (true) or was not (false). */
                drifted?: boolean;
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["PlanChange"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `plan-not-found`: There is no such plan. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/plan-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `plan-expired`: The plan has expired. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/plan-expired";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    exportPlan: {
        parameters: {
            query: {
                outcome?: "created" | "updated" | "unchanged" | "linked" | "vanished";
                /** @description Only records of which a change, or a clash of values, touches this field. */
                field?: "activateDate" | "address" | "agents" | "agentsCost" | "agentsName" | "appid" | "city" | "comingExpired" | "countid" | "dba" | "email" | "expiresAt" | "externalEmail" | "externalSyncStatus" | "lastActive" | "lastPayment" | "licenseType" | "mid" | "monthlyFee" | "note" | "notes" | "package" | "packageData" | "phone" | "plan" | "product" | "seatsTotal" | "seatsUsed" | "sendbatWorkspace" | "smsBalance" | "smsPurchased" | "smsSent" | "startsAt" | "status" | "term" | "zip";
                /** @description Only what was left alone (true) or was not (false). */
                drifted?: boolean;
                format: "csv" | "jsonl";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/jsonl": string;
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `plan-not-found`: There is no such plan. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/plan-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `plan-expired`: The plan has expired. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/plan-expired";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `too-many-streams`: Too many waiting requests. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/too-many-streams";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    applyPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run has begun */
            202: {
                headers: {
                    /** @description Address of the operation */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Operation"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            /** @description `forbidden`: The token does not allow this. `feature-disabled`: This feature is switched off. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/forbidden" | "/problems/feature-disabled";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `plan-not-found`: There is no such plan. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/plan-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `plan-already-applied`: The plan was applied already. `plan-expired`: The plan has expired. `plan-outdated`: The plan is out of date. `sync-already-running`: A sync is under way already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/plan-already-applied" | "/problems/plan-expired" | "/problems/plan-outdated" | "/problems/sync-already-running";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `upstream-not-configured`: The License API is not configured. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/upstream-not-configured";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    listReviews: {
        parameters: {
            query?: {
                state?: "open" | "flagged" | "approved" | "rejected" | "superseded" | "undone" | "all";
                kind?: "external" | "internal" | "cross_system";
                /** @description `me` for the caller, `none` for cases that are nobody’s, or a name. */
                assignedTo?: string;
                minConfidence?: number;
                /** @description Whether cases that somebody holds back are listed. */
                heldBack?: "only" | "exclude" | "include";
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of cases, and how many there are */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Review"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                            counts: {
                                byState: {
                                    open: number;
                                    flagged: number;
                                    approved: number;
                                    rejected: number;
                                    superseded: number;
                                    undone: number;
                                };
                                /** @description Open cases by confidence, from this one on. */
                                openByBand: {
                                    from: number;
                                    cases: number;
                                }[];
                            };
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    startBulkReview: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    filter?: {
                        /**
                         * @default open
                         * @enum {string}
                         */
                        state?: "open" | "flagged";
                        /** @enum {string} */
                        kind?: "external" | "internal" | "cross_system";
                        assignedTo?: string;
                        minConfidence?: number;
                        /**
                         * @default exclude
                         * @enum {string}
                         */
                        heldBack?: "only" | "exclude" | "include";
                    };
                    cases?: {
                        id: number;
                        /** @description The version of the case that was looked at. */
                        version?: number;
                    }[];
                    /** @enum {string} */
                    decision: "approve" | "reject" | "flag";
                    note?: string | null;
                    /** @description Of a preview: then exactly those cases are decided, or 409 `bulk-refused`. */
                    fingerprint?: string;
                    /** @description Only say how many cases it would be about. */
                    preview?: boolean;
                } & (unknown | unknown);
            };
        };
        responses: {
            /** @description What it would be about */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            cases: number;
                            first: number[];
                            /** @description How many there are by confidence, from this one on. */
                            byBand: {
                                from: number;
                                cases: number;
                            }[];
                            sample: components["schemas"]["Review"][];
                            /** @description Stands for these cases in these versions; send it with the start. */
                            fingerprint: string;
                        };
                    };
                };
            };
            /** @description It has begun */
            202: {
                headers: {
                    /** @description Where its progress can be read */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["BulkReview"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `bulk-refused`: The bulk verdict cannot be started. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/bulk-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getBulkReview: {
        parameters: {
            query?: {
                outcome?: "pending" | "done" | "refused";
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its progress, with a page of cases of one outcome */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["BulkReview"] & {
                            items: {
                                caseId: number;
                                version: number;
                                /** @enum {string} */
                                outcome: "pending" | "done" | "refused";
                                reason: string | null;
                            }[];
                        };
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `bulk-not-found`: There is no such bulk verdict. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/bulk-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getReview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The case as it is now */
            200: {
                headers: {
                    /** @description The version of the case */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ReviewDetail"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getReviewsBeside: {
        parameters: {
            query?: {
                state?: "open" | "flagged" | "approved" | "rejected" | "superseded" | "undone" | "all";
                kind?: "external" | "internal" | "cross_system";
                /** @description `me` for the caller, `none` for cases that are nobody’s, or a name. */
                assignedTo?: string;
                minConfidence?: number;
                /** @description Whether cases that somebody holds back are listed. */
                heldBack?: "only" | "exclude" | "include";
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their ids; null at an end */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            previous: number | null;
                            next: number | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    decideReview: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
                /** @description The license's version that the request is about. */
                "if-match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    decision: "approve" | "reject" | "flag";
                    /** @description Of an approval: the license that stays; without it the one that ranks best. */
                    masterId?: string | null;
                    /** @description Of an approval: field → id of the license whose value wins. */
                    fields?: {
                        product?: string;
                        plan?: string;
                        status?: string;
                        term?: string;
                        seatsTotal?: string;
                        seatsUsed?: string;
                        startsAt?: string;
                        expiresAt?: string;
                        dba?: string;
                        zip?: string;
                        lastPayment?: string;
                        smsPurchased?: string;
                        smsSent?: string;
                        smsBalance?: string;
                        agents?: string;
                        agentsName?: string;
                        agentsCost?: string;
                        notes?: string;
                        appid?: string;
                        countid?: string;
                        mid?: string;
                        license_type?: string;
                        package_data?: string;
                        sendbat_workspace?: string;
                        coming_expired?: string;
                        external_email?: string;
                        phone?: string;
                        address?: string;
                        city?: string;
                    } | null;
                    note?: string | null;
                    /** @description The version of the case that was looked at. */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description The case as it is now */
            200: {
                headers: {
                    /** @description The version of the case */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ReviewDetail"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `value-invalid`: The value does not fit the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/value-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `review-decided`: The case was decided already. `review-member-changed`: A member of the case has changed. `review-refused`: The verdict cannot be carried out. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/review-decided" | "/problems/review-member-changed" | "/problems/review-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `review-changed`: The case was changed meanwhile. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-changed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `if-match-needed`: The version to change must be named. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/if-match-needed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `review-unconfirmed`: The verdict cannot be confirmed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/review-unconfirmed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    previewReview: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of an approval: the license that stays; without it the one that ranks best. */
                    masterId?: string | null;
                    /** @description Of an approval: field → id of the license whose value wins. */
                    fields?: {
                        product?: string;
                        plan?: string;
                        status?: string;
                        term?: string;
                        seatsTotal?: string;
                        seatsUsed?: string;
                        startsAt?: string;
                        expiresAt?: string;
                        dba?: string;
                        zip?: string;
                        lastPayment?: string;
                        smsPurchased?: string;
                        smsSent?: string;
                        smsBalance?: string;
                        agents?: string;
                        agentsName?: string;
                        agentsCost?: string;
                        notes?: string;
                        appid?: string;
                        countid?: string;
                        mid?: string;
                        license_type?: string;
                        package_data?: string;
                        sendbat_workspace?: string;
                        coming_expired?: string;
                        external_email?: string;
                        phone?: string;
                        address?: string;
                        city?: string;
                    } | null;
                };
            };
        };
        responses: {
            /** @description What would come of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            /** @description The license that would stay. */
                            masterId: string;
                            /** @description Where it would get another value than its own, and from which license. */
                            taken: {
                                field: string;
                                licenseId: string;
                                /** @enum {string} */
                                rule: "chosen" | "consolidated";
                            }[];
                        };
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `value-invalid`: The value does not fit the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/value-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `review-decided`: The case was decided already. `review-member-changed`: A member of the case has changed. `review-refused`: The verdict cannot be carried out. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/review-decided" | "/problems/review-member-changed" | "/problems/review-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    undoReview: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
                /** @description The license's version that the request is about. */
                "if-match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string | null;
                    /** @description The version of the case that was looked at. */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description The case as it is now */
            200: {
                headers: {
                    /** @description The version of the case */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ReviewDetail"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `review-decided`: The case was decided already. `undo-refused`: The verdict cannot be undone. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/review-decided" | "/problems/undo-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `review-changed`: The case was changed meanwhile. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-changed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `database-unavailable`: The database is not available. `database-not-migrated`: The database is not migrated. `temporal-unavailable`: Temporal is not available. `timed-out`: The answer took too long. `shutting-down`: The API is stopping. `review-unconfirmed`: The verdict cannot be confirmed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/database-unavailable" | "/problems/database-not-migrated" | "/problems/temporal-unavailable" | "/problems/timed-out" | "/problems/shutting-down" | "/problems/review-unconfirmed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    assignReview: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A name; `me` for the caller, null for nobody. */
                    to: string | null;
                };
            };
        };
        responses: {
            /** @description The case as it is now */
            200: {
                headers: {
                    /** @description The version of the case */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ReviewDetail"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `value-invalid`: The value does not fit the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/value-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `review-decided`: The case was decided already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/review-decided";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    holdReview: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description Null lets it go on.
                     */
                    until: string | null;
                    note?: string | null;
                };
            };
        };
        responses: {
            /** @description The case as it is now */
            200: {
                headers: {
                    /** @description The version of the case */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ReviewDetail"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `value-invalid`: The value does not fit the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/value-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `review-decided`: The case was decided already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/review-decided";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    commentReview: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note: string;
                };
            };
        };
        responses: {
            /** @description The case as it is now */
            200: {
                headers: {
                    /** @description The version of the case */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ReviewDetail"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `value-invalid`: The value does not fit the field. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/value-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `review-not-found`: There is no such duplicate case. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/review-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `review-decided`: The case was decided already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/review-decided";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listSchedules: {
        parameters: {
            query?: {
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of schedules */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Schedule"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    createSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSchedule"];
            };
        };
        responses: {
            /** @description The schedule */
            201: {
                headers: {
                    /** @description Address of the schedule */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ScheduleDetails"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `schedule-invalid`: The schedule is not valid. `options-invalid`: The options make no sense together. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/schedule-invalid" | "/problems/options-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            /** @description `forbidden`: The token does not allow this. `feature-disabled`: This feature is switched off. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/forbidden" | "/problems/feature-disabled";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `schedule-exists`: There is a schedule of this name. `schedule-conflict`: Others change the schedule. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/schedule-exists" | "/problems/schedule-conflict";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ScheduleDetails"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `schedule-not-found`: There is no such schedule. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/schedule-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    deleteSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            name: string;
                            /** @enum {boolean} */
                            deleted: true;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `schedule-not-found`: There is no such schedule. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/schedule-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `schedule-conflict`: Others change the schedule. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/schedule-conflict";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    changeSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleChange"];
            };
        };
        responses: {
            /** @description The schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ScheduleDetails"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `schedule-invalid`: The schedule is not valid. `options-invalid`: The options make no sense together. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/schedule-invalid" | "/problems/options-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            /** @description `forbidden`: The token does not allow this. `feature-disabled`: This feature is switched off. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/forbidden" | "/problems/feature-disabled";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `schedule-not-found`: There is no such schedule. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/schedule-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `schedule-conflict`: Others change the schedule. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/schedule-conflict";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    pauseSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ScheduleDetails"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `schedule-not-found`: There is no such schedule. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/schedule-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `schedule-conflict`: Others change the schedule. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/schedule-conflict";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    resumeSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ScheduleDetails"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `schedule-not-found`: There is no such schedule. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/schedule-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `schedule-conflict`: Others change the schedule. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/schedule-conflict";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    triggerSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Asked for; the schedule shows the run when it has begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ScheduleDetails"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `schedule-not-found`: There is no such schedule. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/schedule-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `schedule-running`: The last run of the schedule has not ended. `schedule-conflict`: Others change the schedule. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/schedule-running" | "/problems/schedule-conflict";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    backfillSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Backfill"];
            };
        };
        responses: {
            /** @description Asked for; the schedule shows the run when it has begun */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ScheduleDetails"] & {
                            times: number;
                        };
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `schedule-invalid`: The schedule is not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/schedule-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `schedule-not-found`: There is no such schedule. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/schedule-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `schedule-running`: The last run of the schedule has not ended. `schedule-conflict`: Others change the schedule. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/schedule-running" | "/problems/schedule-conflict";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                /** @description `unresolved`: open or acknowledged. Without it: all. */
                state?: "open" | "acknowledged" | "resolved" | "unresolved";
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of alerts */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Alert"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Alert"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `alert-not-found`: There is no such alert. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/alert-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    acknowledgeAlert: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Alert"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `alert-not-found`: There is no such alert. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/alert-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `alert-state`: The state of the alert does not allow this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/alert-state";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Webhook"][];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Unique among webhooks. */
                    name: string;
                    /**
                     * Format: uri
                     * @description Where events are posted to. Redirects are not followed. Shown to administrators only, never logged.
                     */
                    url: string;
                    /**
                     * @description Null: all. `run.ended`: A run ended, however it did. Once an attempt: a run that is resumed ends again. `run.awaiting_approval`: A run waits until somebody approves an unusual number of changes. `cases.opened`: Cases of possible duplicates were opened for people to decide: once a run, with their number. `alert.raised`: Something is wrong that somebody should look at: severity warning or critical. Once for as long as it is wrong. `alert.resolved`: What an alert was about is over.
                     * @default null
                     */
                    types?: ("run.ended" | "run.awaiting_approval" | "cases.opened" | "alert.raised" | "alert.resolved")[] | null;
                };
            };
        };
        responses: {
            /** @description The webhook, with its secret */
            201: {
                headers: {
                    /** @description Address of the webhook */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["NewWebhook"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `webhook-name-invalid`: A webhook cannot have this name. `webhook-address-invalid`: A webhook cannot have this address. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/webhook-name-invalid" | "/problems/webhook-address-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `webhook-name-taken`: A webhook has this name. `webhook-limit`: There are too many webhooks. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/webhook-name-taken" | "/problems/webhook-limit";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Webhook"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `webhook-not-found`: There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/webhook-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: {
                            id: number;
                            /** @enum {boolean} */
                            deleted: true;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `webhook-not-found`: There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/webhook-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: uri
                     * @description Where events are posted to. Redirects are not followed. Shown to administrators only, never logged.
                     */
                    url?: string;
                    /** @description Null: all. `run.ended`: A run ended, however it did. Once an attempt: a run that is resumed ends again. `run.awaiting_approval`: A run waits until somebody approves an unusual number of changes. `cases.opened`: Cases of possible duplicates were opened for people to decide: once a run, with their number. `alert.raised`: Something is wrong that somebody should look at: severity warning or critical. Once for as long as it is wrong. `alert.resolved`: What an alert was about is over. */
                    types?: ("run.ended" | "run.awaiting_approval" | "cases.opened" | "alert.raised" | "alert.resolved")[] | null;
                    /**
                     * @description Paused: nothing is sent, and nothing is kept for later.
                     * @enum {string}
                     */
                    state?: "active" | "paused";
                };
            };
        };
        responses: {
            /** @description The webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Webhook"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `webhook-address-invalid`: A webhook cannot have this address. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/webhook-address-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `webhook-not-found`: There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/webhook-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook, with its new secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["NewWebhook"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `webhook-not-found`: There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/webhook-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery; ask for it again to see what became of it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["WebhookDelivery"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `webhook-not-found`: There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/webhook-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `webhook-state`: The state of the webhook does not allow this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/webhook-state";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                state?: "pending" | "delivered" | "failed" | "cancelled";
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["WebhookDelivery"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `webhook-not-found`: There is no such webhook. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/webhook-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    retryWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
                delivery: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery, pending again */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["WebhookDelivery"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `webhook-not-found`: There is no such webhook. `delivery-not-found`: There is no such delivery. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/webhook-not-found" | "/problems/delivery-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `webhook-state`: The state of the webhook does not allow this. `delivery-state`: The state of the delivery does not allow this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/webhook-state" | "/problems/delivery-state";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    isAlive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        alive: true;
                    };
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description Not ready; the reason or the checks say why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Health */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Health"];
                    };
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Text exposition format 0.0.4 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listTokens: {
        parameters: {
            query?: {
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: number;
                /** @description Also those that were revoked. */
                revoked?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tokens */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Token"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Unique among live tokens; changes made with the token are signed with it. */
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "reviewer" | "operator" | "admin";
                    /** @description 0: never. Default: the setting `tokens.lifetimeDays`. */
                    expiresInDays?: number;
                };
            };
        };
        responses: {
            /** @description The token, with its value */
            201: {
                headers: {
                    /** @description Address of the token */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["NewToken"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `token-name-invalid`: A token cannot have this name. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/token-name-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `token-name-taken`: A live token has this name. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/token-name-taken";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Token"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `token-not-found`: There is no such token. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/token-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token, revoked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["Token"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `token-not-found`: There is no such token. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/token-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `last-admin-token`: The last token of an administrator cannot be revoked. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/last-admin-token";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listLicenses: {
        parameters: {
            query?: {
                page?: number;
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. Not together with page. */
                cursor?: string;
                sortBy?: "createdAt" | "updatedAt" | "dba" | "expiresAt" | "key";
                sortOrder?: "asc" | "desc";
                /** @description One status, or several with commas. */
                status?: string;
                hasExternalData?: boolean;
                /** @description Every word in the business name; or the whole of an appid (also behind EXT-), key, e-mail, countid, mid or zip. */
                search?: string;
                key?: string;
                appid?: string;
                countid?: number;
                mid?: string;
                /** @description Every word must occur in the name. */
                dba?: string;
                zip?: string;
                license_type?: string;
                product?: string;
                plan?: string;
                term?: string;
                origin?: "internal" | "external" | "import";
                external_sync_status?: "synced" | "vanished";
                /** @description A day, or from/to; both count. */
                last_external_sync?: string;
                email?: string;
                /** @description Also licenses that were consolidated into another. */
                archived?: boolean;
                updatedSince?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of licenses */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["License"][];
                        meta: {
                            pagination: {
                                /** @description Null when the list was asked for by cursor. */
                                page: number | null;
                                limit: number;
                                totalPages: number;
                                total: number;
                            };
                            nextCursor: string | null;
                            /** @description Over all licenses that are not archived, whatever the list is filtered by. */
                            stats: {
                                total: number;
                                active: number;
                                expired: number;
                                pending: number;
                                cancel: number;
                                expiring: number;
                                draft: number;
                            };
                            /** @description Of the newest run that has ended and changed a license. */
                            syncInfo: {
                                /** Format: date-time */
                                lastSyncCompleted: string | null;
                                /** @description ms */
                                syncDuration: number | null;
                                recordsAdded: number;
                                recordsUpdated: number;
                                /** @description Records that joined a license which another record feeds already. */
                                duplicatesHandled: number;
                                externalSource: string;
                            };
                            dataQuality: {
                                /** @description Share of name, e-mail, zip, phone and address that have a value, over all licenses. */
                                completenessScore: number;
                                /** @description Share of licenses that an external record feeds, or fed until it vanished. */
                                externalDataCoverage: number;
                                /** @description No two licenses have the same appid. */
                                duplicateFree: boolean;
                            };
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    createLicense: {
        parameters: {
            query?: {
                /** @description Add it also when a license that is not archived has its countid or appid, or is taken for the same business; that they are two is remembered then. */
                allowDuplicate?: boolean;
            };
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLicense"];
            };
        };
        responses: {
            /** @description The license */
            201: {
                headers: {
                    /** @description The version in quotes, for If-Match */
                    ETag?: string;
                    /** @description Address of the license */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["License"];
                        meta: {
                            /** @description Licenses that it resembles. */
                            potentialDuplicates: components["schemas"]["SuspectedDuplicate"][];
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `license-exists`: A license with this countid or appid exists. `license-key-taken`: Another license has this key. `duplicate-suspected`: This looks like a license that exists. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/license-exists" | "/problems/license-key-taken" | "/problems/duplicate-suspected";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getLicense: {
        parameters: {
            query?: {
                /** @description Show a consolidated license itself. */
                archived?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The license */
            200: {
                headers: {
                    /** @description The version in quotes, for If-Match */
                    ETag?: string;
                    /** @description Address of the license, when another id led to it */
                    "Content-Location"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ResolvedLicense"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    editLicense: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
                /** @description The license's version that the request is about. */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LicenseEdit"];
            };
        };
        responses: {
            /** @description The license as it is now */
            200: {
                headers: {
                    /** @description The version in quotes, for If-Match */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["License"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `license-archived`: The license was consolidated into another one. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/license-archived";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `license-changed`: The license was changed meanwhile. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-changed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `if-match-needed`: The version to change must be named. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/if-match-needed";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getLicenseRelations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Records and cases */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["LicenseRelations"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    importLicenses: {
        parameters: {
            query?: {
                /** @description Tell what would be done, and write nothing. */
                dryRun?: boolean;
                /** @description Make licenses also for rows that are taken for a business that is there. */
                allowDuplicates?: boolean;
                /** @description Write over what licenses hold already. */
                update?: boolean;
            };
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description What was done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["ImportResult"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. `import-under-way`: An import is under way already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept" | "/problems/import-under-way";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            /** @description `idempotency-key-reused`: The key stands for another request. `import-refused`: The file cannot be imported. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-reused" | "/problems/import-refused";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    checkDuplicatesByQuery: {
        parameters: {
            query?: {
                dba?: string;
                email?: string;
                phone?: string;
                address?: string;
                city?: string;
                zip?: string;
                key?: string;
                /** @description Told is what lies above. */
                threshold?: number;
                /** @description Adds what speaks for and against each. */
                explain?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those that resemble it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["DuplicateCheck"];
                        /** @description As in data; the original system has it here. */
                        potentialDuplicates: components["schemas"]["PotentialDuplicate"][];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    checkDuplicates: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DuplicateQuery"];
            };
        };
        responses: {
            /** @description Those that resemble it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["DuplicateCheck"];
                        /** @description As in data; the original system has it here. */
                        potentialDuplicates: components["schemas"]["PotentialDuplicate"][];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    listObservations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description From meta.nextCursor, or follow the Link header. */
                cursor?: string;
                explain?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of pairs */
            200: {
                headers: {
                    /** @description rel="next" when there are more */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["DuplicateObservation"][];
                        meta: {
                            limit: number;
                            nextCursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    explainPair: {
        parameters: {
            query: {
                /** @description Id or key of a license, or the source key of a record. */
                a: string;
                /** @description Id or key of a license, or the source key of a record. */
                b: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The comparison */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["PairExplanation"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `pair-invalid`: These two cannot be compared. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/pair-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `license-not-found`: There is no such license. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/license-not-found";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getDuplicateMetrics: {
        parameters: {
            query?: {
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["DuplicateMetrics"];
                    };
                };
            };
            400: components["responses"]["InvalidRequest"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    tryRules: {
        parameters: {
            query?: never;
            header?: {
                /** @description Drawn by the caller for one request. The same request sent again under it within 24 hours is answered as the first time, with `Idempotency-Replayed: true`, and changes nothing again; another request under it is refused with 422, and with 409 while the first is under way. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Paths of the rules to other values. */
                    set: {
                        auto?: number;
                        review?: number;
                        observe?: number;
                        prior?: number;
                        priorRecords?: number;
                        "name.equal"?: number;
                        "name.equalLeast"?: number;
                        "name.similar90"?: number;
                        "name.similar80"?: number;
                        "name.contained"?: number;
                        "name.similar65"?: number;
                        "name.similar45"?: number;
                        "name.different"?: number;
                        "name.commonShare"?: number;
                        "name.rareBits"?: number;
                        numbersDiffer?: number;
                        "location.same"?: number;
                        "location.sameOtherType"?: number;
                        "location.sameOtherZip"?: number;
                        "location.numberTypo"?: number;
                        "location.numberMissing"?: number;
                        "location.numberMissingSameZip"?: number;
                        "location.otherNumber"?: number;
                        "location.otherStreet"?: number;
                        "location.otherStreetSameZip"?: number;
                        "location.otherAddress"?: number;
                        "location.otherAddressOtherZip"?: number;
                        "location.zipSame"?: number;
                        "location.zipDiffers"?: number;
                        "location.citySame"?: number;
                        "location.cityDiffers"?: number;
                        "phone.equal"?: number;
                        "phone.lastSeven"?: number;
                        "phone.oneDigit"?: number;
                        "phone.different"?: number;
                        "phone.sharedBy"?: number;
                        "phone.sharedMost"?: number;
                        "email.equal"?: number;
                        "email.typo"?: number;
                        "email.domain"?: number;
                        "email.domainSharedBy"?: number;
                        "email.userSimilar"?: number;
                        "email.userDiffers"?: number;
                        "email.domainsDiffer"?: number;
                        "email.sharedBy"?: number;
                        "email.sharedMost"?: number;
                        "guards.person"?: number;
                        "guards.branch"?: number;
                        "guards.agreement"?: number;
                        "guards.contact"?: number;
                        "guards.nearlyEqual"?: number;
                        "guards.groups"?: number;
                        "guards.relicensingDays"?: number;
                        "thresholds.auto"?: number;
                        "thresholds.review"?: number;
                        "thresholds.observe"?: number;
                        blockCap?: number;
                    };
                };
            };
        };
        responses: {
            /** @description What would flip */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        success: true;
                        data: components["schemas"]["MatchLab"];
                    };
                };
            };
            /** @description `invalid-request`: The request cannot be understood. `rules-invalid`: The rules are not valid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/invalid-request" | "/problems/rules-invalid";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            /** @description `idempotency-key-in-use`: A request with this key is under way. `answer-not-kept`: The request was carried out, and its answer is not kept. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/idempotency-key-in-use" | "/problems/answer-not-kept";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            413: components["responses"]["BodyTooLarge"];
            422: components["responses"]["KeyReused"];
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getOpenApiDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description `too-many-requests`: Too many requests. */
            429: {
                headers: {
                    /** @description Seconds */
                    "Retry-After"?: number;
                    /** @description Quota `q` in a window of `w` seconds */
                    "RateLimit-Policy"?: string;
                    /** @description What remains, `r`, and for how many seconds, `t` */
                    RateLimit?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & ({
                        /** @enum {string} */
                        type?: "/problems/too-many-requests";
                    } & {
                        [key: string]: unknown;
                    });
                };
            };
        };
    };
}
