-- A request that was closed by mistake is opened again; its history says so.
INSERT INTO request_act_word VALUES ('reopened');
