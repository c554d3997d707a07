/** What the worker uses of a client that ships without types. */
declare module "camunda-external-task-client-js" {
  export class Variables {
    get(name: string): unknown;
    set(name: string, value: unknown): this;
  }
  export interface Task {
    id: string;
    variables: Variables;
  }
  export interface TaskService {
    complete(task: Task, variables?: Variables): Promise<void>;
    extendLock(task: Task, duration: number): Promise<void>;
    handleBpmnError(task: Task, code: string, message?: string, variables?: Variables): Promise<void>;
    handleFailure(
      task: Task,
      failure: { errorMessage: string; errorDetails: string; retries: number; retryTimeout: number },
    ): Promise<void>;
  }
  export type Handler = (call: { task: Task; taskService: TaskService }) => Promise<void>;
  export class BasicAuthInterceptor {
    constructor(credentials: { username: string; password: string });
  }
  export class Client {
    constructor(options: {
      baseUrl: string;
      interceptors: BasicAuthInterceptor;
      workerId: string;
      asyncResponseTimeout: number;
      maxTasks: number;
      interval: number;
    });
    subscribe(topic: string, handler: Handler): void;
    subscribe(topic: string, options: { lockDuration: number }, handler: Handler): void;
  }
}
