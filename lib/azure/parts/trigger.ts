/** The handler of retrain events as those that send to it know it. Does not load the engine. */

/** Name of its container app, and its id in Dapr: components are scoped to it. */
export const TRIGGER_APP = "trigger";
/** Where it listens. */
export const TRIGGER_PORT = 8080;
/** Name of the Dapr binding of the queue; the handler puts a message there by the same name. */
export const RETRAIN_BINDING = "retrain";
