"use strict";
// No validator of elsewhere is asked, and what is tried goes to this engine.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#interface", validatorUrl: null, persistAuthorization: false, deepLinking: true });
