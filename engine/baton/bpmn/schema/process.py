"""BPMN 2.0 clause 10: processes, activities, events, gateways, lanes. See ``types`` for how to read the tables."""

TABLE = """
flowElement     < baseElement : name | auditing? monitoring? categoryValueRef*=ref:categoryValue
flowNode        < flowElement : | incoming*=ref:sequenceFlow outgoing*=ref:sequenceFlow
sequenceFlow    < flowElement : sourceRef!=ref:flowNode targetRef!=ref:flowNode isImmediate=bool
                | conditionExpression?=expression

callableElement < rootElement : name | supportedInterfaceRef*=ref:interface ioSpecification? ioBinding*
process         < callableElement : processType=enum:None,Public,Private isClosed=bool isExecutable=bool
                  definitionalCollaborationRef=ref:collaboration
                | auditing? monitoring? property* laneSet* flowElement* artifact* resourceRole*
                  correlationSubscription* supports*=ref:process
globalTask      < callableElement : | resourceRole*
globalBusinessRuleTask < globalTask : implementation=uri
globalManualTask < globalTask
globalScriptTask < globalTask : scriptLanguage=mime | script?=text
globalUserTask  < globalTask : implementation=uri | rendering*
laneSet         < baseElement : name | lane*
lane            < baseElement : name partitionElementRef=ref:
                | partitionElement?=any flowNodeRef*=ref:flowNode childLaneSet?=laneSet

activity        < flowNode : isForCompensation=bool startQuantity=int completionQuantity=int default=ref:sequenceFlow
                | ioSpecification? property* dataInputAssociation* dataOutputAssociation* resourceRole*
                  loopCharacteristics?
task            < activity
businessRuleTask < task : implementation=uri
manualTask      < task
receiveTask     < task : implementation=uri instantiate=bool messageRef=ref:message operationRef=ref:operation
scriptTask      < task : scriptFormat=mime | script?=text
sendTask        < task : implementation=uri messageRef=ref:message operationRef=ref:operation
serviceTask     < task : implementation=uri operationRef=ref:operation
userTask        < task : implementation=uri | rendering*
callActivity    < activity : calledElement
subProcess      < activity : triggeredByEvent=bool | laneSet* flowElement* artifact*
transaction     < subProcess : method=uri protocol
adHocSubProcess < subProcess : cancelRemainingInstances=bool ordering=enum:Parallel,Sequential
                | completionCondition?=expression

loopCharacteristics < baseElement
standardLoopCharacteristics < loopCharacteristics : testBefore=bool loopMaximum=int | loopCondition?=expression
multiInstanceLoopCharacteristics < loopCharacteristics : isSequential=bool behavior=enum:None,One,All,Complex
                  oneBehaviorEventRef=ref:eventDefinition noneBehaviorEventRef=ref:eventDefinition
                | loopCardinality?=expression loopDataInputRef?=ref:itemAware loopDataOutputRef?=ref:itemAware
                  inputDataItem?=dataInput outputDataItem?=dataOutput complexBehaviorDefinition*
                  completionCondition?=expression
complexBehaviorDefinition < baseElement : | condition=expression event?=implicitThrowEvent

gateway         < flowNode : gatewayDirection=enum:Unspecified,Converging,Diverging,Mixed
complexGateway  < gateway : default=ref:sequenceFlow | activationCondition?=expression
eventBasedGateway < gateway : instantiate=bool eventGatewayType=enum:Exclusive,Parallel
exclusiveGateway < gateway : default=ref:sequenceFlow
inclusiveGateway < gateway : default=ref:sequenceFlow
parallelGateway < gateway

event           < flowNode : | property*
catchEvent      < event : parallelMultiple=bool
                | dataOutput* dataOutputAssociation* outputSet? eventDefinition* eventDefinitionRef*=ref:eventDefinition
throwEvent      < event :
                | dataInput* dataInputAssociation* inputSet? eventDefinition* eventDefinitionRef*=ref:eventDefinition
startEvent      < catchEvent : isInterrupting=bool
intermediateCatchEvent < catchEvent
boundaryEvent   < catchEvent : attachedToRef!=ref:activity cancelActivity=bool
endEvent        < throwEvent
intermediateThrowEvent < throwEvent
implicitThrowEvent < throwEvent

eventDefinition < rootElement
cancelEventDefinition < eventDefinition
compensateEventDefinition < eventDefinition : waitForCompletion=bool activityRef=ref:activity
conditionalEventDefinition < eventDefinition : | condition=expression
errorEventDefinition < eventDefinition : errorRef=ref:error
escalationEventDefinition < eventDefinition : escalationRef=ref:escalation
linkEventDefinition < eventDefinition : name! | source*=ref:linkEventDefinition target?=ref:linkEventDefinition
messageEventDefinition < eventDefinition : messageRef=ref:message | operationRef?=ref:operation
signalEventDefinition < eventDefinition : signalRef=ref:signal
terminateEventDefinition < eventDefinition
timerEventDefinition < eventDefinition : | timeDate?=expression timeDuration?=expression timeCycle?=expression
"""
