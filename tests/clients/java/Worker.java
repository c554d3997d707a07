// org.camunda.bpm:camunda-external-task-client, unmodified, as the workers of order-fulfilment and of a process that
// checks typed variables: java -cp 'lib/*' Worker.java URL NAME PASSWORD

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.client.ExternalTaskClient;
import org.camunda.bpm.client.interceptor.auth.BasicAuthProvider;
import org.camunda.bpm.client.task.ExternalTask;
import org.camunda.bpm.client.task.ExternalTaskHandler;
import org.camunda.bpm.client.task.ExternalTaskService;
import org.camunda.bpm.client.variable.ClientValues;
import org.camunda.bpm.client.variable.value.JsonValue;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.value.FileValue;

public class Worker {
  private static final Map<String, Integer> CALLS = new ConcurrentHashMap<>();

  public static void main(String[] arguments) {
    ExternalTaskClient client = ExternalTaskClient.create()
        .baseUrl(arguments[0]).addInterceptor(new BasicAuthProvider(arguments[1], arguments[2]))
        .workerId("java").asyncResponseTimeout(3000).maxTasks(5).disableBackoffStrategy()
        .build();
    client.subscribe("reserve-inventory").lockDuration(10_000).handler(Worker::reserve).open();
    client.subscribe("charge-payment").handler(Worker::charge).open();
    client.subscribe("create-shipment").handler(Worker::ship).open();
    for (String topic : List.of(
        "release-inventory", "refund-payment", "cancel-shipment", "send-confirmation", "notify-customer")) {
      client.subscribe(topic).handler((task, service) -> service.complete(task)).open();
    }
    client.subscribe("java-send").handler(Worker::send).open();
    client.subscribe("java-look").handler(reporting(Worker::look)).open();
    System.out.println("ready");
  }

  private static void reserve(ExternalTask task, ExternalTaskService service) {
    service.extendLock(task, 20_000);
    System.out.println("extended");
    service.complete(task, Map.of("reservation", "R-" + task.getId()));
  }

  private static void charge(ExternalTask task, ExternalTaskService service) {
    String card = task.getVariable("card");
    if (card.endsWith("0002")) {
      service.handleBpmnError(
          task, "payment-rejected", "The bank rejected the card", Map.of("rejection", "card declined"));
      return;
    }
    Object amount = task.getVariable("amount");
    service.complete(task, Map.of("charged", amount, "receipt", ClientValues.jsonValue("{\"paid\":true}")));
  }

  private static void ship(ExternalTask task, ExternalTaskService service) {
    if ("grand-piano".equals(task.getVariable("item")) && task.getVariable("stockArrived") == null) {
      Object patience = task.getVariable("patience");
      service.handleBpmnError(task, "out-of-stock", "none left", Map.of("patience", patience));
      return;
    }
    int tries = CALLS.merge(task.getId(), 1, Integer::sum);
    if ("flaky-freight".equals(task.getVariable("carrier")) && tries <= 2) {
      service.handleFailure(task, "no answer", "carrier", 3 - tries, 50);
      System.out.println("failed");
      return;
    }
    service.complete(task, Map.of("shipment", "S-" + task.getId()));
  }

  /** Sets variables while it holds the lock, and completes with a value of each type. */
  private static void send(ExternalTask task, ExternalTaskService service) {
    service.setVariables(task, Map.of("progress", "half"));
    VariableMap values = Variables.createVariables()
        .putValueTyped("string", Variables.stringValue("grün"))
        .putValueTyped("flag", Variables.booleanValue(true))
        .putValueTyped("short", Variables.shortValue((short) 7))
        .putValueTyped("integer", Variables.integerValue(70_000))
        .putValueTyped("long", Variables.longValue(5_000_000_000L))
        .putValueTyped("double", Variables.doubleValue(1.5))
        .putValueTyped("date", Variables.dateValue(new Date(1_800_000_000_123L)))
        .putValueTyped("bytes", Variables.byteArrayValue(new byte[] {0, 1, (byte) 255}))
        .putValueTyped("nothing", Variables.untypedNullValue())
        .putValueTyped("json", ClientValues.jsonValue("{\"lines\":[1,2]}"))
        .putValueTyped("object", Variables.objectValue(List.of("a", "b")).serializationDataFormat("application/json")
            .create())
        .putValueTyped("file", Variables.fileValue("Brief €.txt").file("Inhalt".getBytes()).mimeType("text/plain")
            .encoding("UTF-8").create());
    service.complete(task, values, Map.of("here", "only"));
  }

  /** Tells by which class and with which value each variable arrives. */
  private static void look(ExternalTask task, ExternalTaskService service) throws Exception {
    VariableMap seen = Variables.createVariables();
    for (String name : List.of("string", "flag", "short", "integer", "long", "double", "date", "object", "progress")) {
      Object value = task.getVariable(name);
      boolean dated = value instanceof Date;
      seen.put("seen_" + name, value.getClass().getSimpleName() + " " + (dated ? ((Date) value).getTime() : value));
    }
    byte[] bytes = task.getVariable("bytes");
    seen.put("seen_bytes", bytes.length + " " + bytes[2]);
    seen.put("seen_nothing", String.valueOf(task.<Object>getVariable("nothing")));
    seen.put("seen_json", task.<JsonValue>getVariableTyped("json").getValue());
    FileValue file = task.getVariableTyped("file");
    seen.put("seen_file", file.getFilename() + " " + file.getMimeType() + " " + file.getEncoding() + " " + read(file));
    seen.put("seen_here", String.valueOf(task.<Object>getVariable("here")));
    service.complete(task, seen);
  }

  private static String read(FileValue file) throws Exception {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (InputStream stream = file.getValue()) {
      stream.transferTo(content);
    }
    return content.toString("UTF-8");
  }

  private interface Action {
    void run(ExternalTask task, ExternalTaskService service) throws Exception;
  }

  /** What goes wrong becomes an incident with its message: the test shows it. */
  private static ExternalTaskHandler reporting(Action action) {
    return (task, service) -> {
      try {
        action.run(task, service);
      } catch (Exception error) {
        service.handleFailure(task, String.valueOf(error), String.valueOf(error.getCause()), 0, 0);
      }
    };
  }
}
