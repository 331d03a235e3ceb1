import { socketLog } from "./common.ts";

interface Watched {
  socketTier: sst.aws.Service;
  api: sst.aws.ApiGatewayV2;
  cleanup: sst.aws.Function;
  redis: sst.aws.Redis;
  functions: Record<string, sst.aws.Function>;
}

/** Each says what is wrong in its own description. They tell the topic. @param email who reads it (ALARM_EMAIL) */
export function alarms({ socketTier, api, cleanup, redis, functions }: Watched, email: string | undefined) {
  const topic = new aws.sns.Topic("Alarms");
  if (email) new aws.sns.TopicSubscription("AlarmsByEmail", { topic: topic.arn, protocol: "email", endpoint: email });

  type Watch = Pick<
    aws.cloudwatch.MetricAlarmArgs,
    "namespace" | "metricName" | "dimensions" | "threshold" | "treatMissingData"
  >;
  const alarm = (name: string, description: string, statistic: "Sum" | "Maximum", minutes: number, watch: Watch) =>
    new aws.cloudwatch.MetricAlarm(name, {
      alarmDescription: description,
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      period: minutes * 60,
      statistic,
      treatMissingData: "notBreaching",
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      ...watch,
    });

  const age = { namespace: "Passerby", name: `OldestUploadAgeMs-${$app.stage}` };
  new aws.cloudwatch.LogMetricFilter("OldestUploadAge", {
    logGroupName: cleanup.nodes.logGroup.apply((group) => group!.name),
    pattern: "{ $.oldestObjectAgeMs = * }",
    metricTransformation: { ...age, value: "$.oldestObjectAgeMs" },
  });
  alarm("UploadTooOld", "A file is older than 25 hours, or no cleanup ended for 3", "Maximum", 180, {
    namespace: age.namespace,
    metricName: age.name,
    threshold: 25 * 3_600_000,
    treatMissingData: "breaching",
  });

  const lag = { namespace: "Passerby", name: `InboxLagMs-${$app.stage}` };
  new aws.cloudwatch.LogMetricFilter(
    "InboxLag",
    {
      logGroupName: socketLog(),
      pattern: "{ $.inboxLagMs = * }",
      metricTransformation: { ...lag, value: "$.inboxLagMs" },
    },
    { dependsOn: [socketTier] },
  );
  alarm("InboxLate", "A node reads its inbox more than 5 s late, or no node says", "Maximum", 5, {
    namespace: lag.namespace,
    metricName: lag.name,
    threshold: 5_000,
    treatMissingData: "breaching",
  });

  const { loadBalancer, service } = socketTier.nodes;
  const LoadBalancer = loadBalancer.arnSuffix;
  const TargetGroup = $output(service).loadBalancers.apply((all) => all![0].targetGroupArn!.split(":").at(-1)!);
  alarm("NodesUnready", "A container of the socket tier is not ready", "Maximum", 5, {
    namespace: "AWS/ApplicationELB",
    metricName: "UnHealthyHostCount",
    dimensions: { LoadBalancer, TargetGroup },
    threshold: 0,
  });
  alarm("SocketErrors", "The socket tier's load balancer answers 5xx", "Sum", 5, {
    namespace: "AWS/ApplicationELB",
    metricName: "HTTPCode_ELB_5XX_Count",
    dimensions: { LoadBalancer },
    threshold: 10,
  });
  alarm("ApiErrors", "The API answers 5xx", "Sum", 5, {
    namespace: "AWS/ApiGateway",
    metricName: "5xx",
    dimensions: { ApiId: api.nodes.api.id },
    threshold: 10,
  });
  for (const [name, fn] of Object.entries(functions))
    alarm(
      `${name[0]!.toUpperCase()}${name.slice(1)}Fails`,
      `The ${name} function throws or runs out of time`,
      "Sum",
      15,
      {
        namespace: "AWS/Lambda",
        metricName: "Errors",
        dimensions: { FunctionName: fn.name },
        threshold: 3,
      },
    );
  alarm("RedisFull", "Redis is nearly full, and refuses writes when it is", "Maximum", 5, {
    namespace: "AWS/ElastiCache",
    metricName: "DatabaseMemoryUsagePercentage",
    dimensions: { CacheClusterId: $interpolate`${redis.nodes.cluster.id}-001` },
    threshold: 80,
  });
}
