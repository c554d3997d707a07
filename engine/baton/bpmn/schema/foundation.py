"""BPMN 2.0 clauses 8 and 10.4: foundation, common elements, data. See ``types`` for how to read the tables."""

TABLE = """
baseElement                 : id=id | documentation* extensionElements*
rootElement     < baseElement
documentation               : id=id textFormat=mime | anything
extensionElements           : | anything
auditing        < baseElement
monitoring      < baseElement
rendering       < baseElement
relationship    < baseElement : type! direction=enum:None,Forward,Backward,Both | source+=text target+=text
import                      : namespace! location! importType!=uri
extension                   : definition mustUnderstand=bool | documentation*
definitions                 : id=id name targetNamespace expressionLanguage=uri typeLanguage=uri exporter
                  exporterVersion
                            | import* extension* rootElement* relationship* documentation* extensionElements?

expression                  : id=id language=uri evaluatesToTypeRef | documentation* extensionElements? anything
formalExpression < expression

category        < rootElement : name | categoryValue*
categoryValue   < baseElement : value
artifact        < baseElement
association     < artifact : sourceRef!=ref: targetRef!=ref: associationDirection=enum:None,One,Both
group           < artifact : categoryValueRef=ref:categoryValue
textAnnotation  < artifact : textFormat=mime | text?=text

correlationKey  < baseElement : name | correlationPropertyRef*=ref:correlationProperty
correlationProperty < rootElement : name type | correlationPropertyRetrievalExpression+
correlationPropertyRetrievalExpression < baseElement : messageRef!=ref:message
                | messagePath?=expression formalExpression?
correlationPropertyBinding < baseElement : correlationPropertyRef!=ref:correlationProperty | dataPath=expression
correlationSubscription < baseElement : correlationKeyRef!=ref:correlationKey | correlationPropertyBinding*

error           < rootElement : name errorCode structureRef
escalation      < rootElement : name escalationCode structureRef
message         < rootElement : name itemRef=ref:itemDefinition
signal          < rootElement : name structureRef
itemDefinition  < rootElement : structureRef isCollection=bool itemKind=enum:Information,Physical
interface       < rootElement : name! implementationRef | operation+
operation       < baseElement : name! implementationRef
                | inMessageRef=ref:message outMessageRef?=ref:message errorRef*=ref:error
endPoint        < rootElement
partnerEntity   < rootElement : name | participantRef*=ref:participant
partnerRole     < rootElement : name | participantRef*=ref:participant
resource        < rootElement : name! | resourceParameter*
resourceParameter < baseElement : name type isRequired=bool
resourceRole    < baseElement : name
                | resourceRef?=ref:resource resourceParameterBinding* resourceAssignmentExpression?
performer       < resourceRole
humanPerformer  < performer
potentialOwner  < humanPerformer
resourceAssignmentExpression < baseElement : | expression
resourceParameterBinding < baseElement : parameterRef!=ref:resourceParameter | expression

dataState       < baseElement : name
dataStore       < rootElement : name capacity=int isUnlimited=bool itemSubjectRef=ref:itemDefinition | dataState?
dataInput       < baseElement : name itemSubjectRef=ref:itemDefinition isCollection=bool | dataState?
dataOutput      < baseElement : name itemSubjectRef=ref:itemDefinition isCollection=bool | dataState?
property        < baseElement : name itemSubjectRef=ref:itemDefinition | dataState?
dataObject      < flowElement : itemSubjectRef=ref:itemDefinition isCollection=bool | dataState?
dataObjectReference < flowElement : itemSubjectRef=ref:itemDefinition dataObjectRef=ref:dataObject | dataState?
dataStoreReference < flowElement : itemSubjectRef=ref:itemDefinition dataStoreRef=ref:dataStore | dataState?
inputSet        < baseElement : name
                | dataInputRefs*=ref:dataInput optionalInputRefs*=ref:dataInput whileExecutingInputRefs*=ref:dataInput
                  outputSetRefs*=ref:outputSet
outputSet       < baseElement : name
                | dataOutputRefs*=ref:dataOutput optionalOutputRefs*=ref:dataOutput
                  whileExecutingOutputRefs*=ref:dataOutput inputSetRefs*=ref:inputSet
ioSpecification < baseElement : | dataInput* dataOutput* inputSet* outputSet*
ioBinding       < baseElement : operationRef!=ref:operation inputDataRef!=ref:inputSet,dataInput
                  outputDataRef!=ref:outputSet,dataOutput
dataAssociation < baseElement :
                | sourceRef*=ref:itemAware,flowNode targetRef?=ref:itemAware,flowNode transformation?=expression
                  assignment*
dataInputAssociation < dataAssociation
dataOutputAssociation < dataAssociation
assignment      < baseElement : | from=expression to=expression
"""
