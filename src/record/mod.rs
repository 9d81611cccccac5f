//! A record's typed reading: its envelope, the request it belongs to, what to
//! be warned of, how names are shown, what a template is given. It knows no
//! engine and no store.
