"""BPMN 2.0 clauses 9 and 11: collaborations, conversations, choreographies; ``types`` says how to read the tables."""

TABLE = """
collaboration   < rootElement : name isClosed=bool
                | participant* messageFlow* artifact* conversationNode* conversationAssociation*
                  participantAssociation* messageFlowAssociation* correlationKey* choreographyRef*=ref:choreography
                  conversationLink*
participant     < baseElement : name processRef=ref:process
                | interfaceRef*=ref:interface endPointRef*=ref:endPoint participantMultiplicity?
participantMultiplicity < baseElement : minimum=int maximum=int
messageFlow     < baseElement : name sourceRef!=ref:participant,activity,event targetRef!=ref:participant,activity,event
                  messageRef=ref:message
messageFlowAssociation < baseElement : innerMessageFlowRef!=ref:messageFlow outerMessageFlowRef!=ref:messageFlow
participantAssociation < baseElement : | innerParticipantRef=ref:participant outerParticipantRef=ref:participant
conversationAssociation < baseElement : innerConversationNodeRef!=ref:conversationNode
                  outerConversationNodeRef!=ref:conversationNode
conversationLink < baseElement : name sourceRef!=ref: targetRef!=ref:
conversationNode < baseElement : name
                | participantRef*=ref:participant messageFlowRef*=ref:messageFlow correlationKey*
conversation    < conversationNode
subConversation < conversationNode : | conversationNode*
callConversation < conversationNode : calledCollaborationRef=ref:collaboration | participantAssociation*
globalConversation < collaboration

choreography    < collaboration : | flowElement*
globalChoreographyTask < choreography : initiatingParticipantRef=ref:participant
choreographyActivity < flowNode : initiatingParticipantRef!=ref:participant
                  loopType=enum:None,Standard,MultiInstanceSequential,MultiInstanceParallel
                | participantRef+=ref:participant correlationKey*
choreographyTask < choreographyActivity : | messageFlowRef+=ref:messageFlow
subChoreography < choreographyActivity : | flowElement* artifact*
callChoreography < choreographyActivity : calledChoreographyRef=ref:choreography | participantAssociation*
"""
